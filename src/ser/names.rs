//! Names of fields and variants: the same few texts, in the same order, in every record and every pickle.

/// The names that a thread has written. What they are is kept from one pickle to the next, so that a small pickle needs no search for
/// them; which of them a pickle has stored is its own.
///
/// What decides is the content. Addresses are a shortcut only, so that output never depends on them.
#[derive(Default)]
pub(super) struct Names {
    /// By address and length of a `&'static str`.
    shortcuts: Vec<Shortcut>,
    /// Their texts, each once.
    texts: Vec<Text>,
    /// The number of the pickle.
    pickle: u32,
    /// The shortcut of the last name,
    last: usize,
    /// and the one that followed it the last time.
    guess: usize,
}

#[derive(Clone, Copy)]
struct Shortcut {
    address: usize,
    length: usize,
    text: u32,
    /// The shortcut of the name that came next.
    next: u32,
}

impl Shortcut {
    #[inline(always)]
    fn is(&self, name: &'static str) -> bool {
        self.address == name.as_ptr() as usize && self.length == name.len()
    }
}

struct Text {
    text: &'static str,
    /// Its index in the memo,
    index: u32,
    /// of the pickle of this number.
    pickle: u32,
}

/// More names than this have no shortcuts.
const MOST: usize = 64;

impl Names {
    /// Begins a pickle.
    pub(super) fn clear(&mut self) {
        if self.shortcuts.len() == MOST || self.pickle == u32::MAX {
            *self = Names::default();
        }
        self.pickle += 1;
    }

    /// Nothing is stored from that index on.
    pub(super) fn roll_back(&mut self, count: u32) {
        let pickle = self.pickle;
        self.texts
            .iter_mut()
            .filter(|text| text.pickle == pickle && text.index >= count)
            .for_each(|text| text.pickle = 0);
    }

    /// The index of a name that comes where it came the last time, if it is stored.
    #[inline(always)]
    pub(super) fn expected(&mut self, name: &'static str) -> Option<u32> {
        let shortcut = self.shortcuts.get(self.guess)?;
        if !shortcut.is(name) {
            return None;
        }
        let text = self.texts.get(shortcut.text as usize)?;
        if text.pickle != self.pickle {
            return None;
        }
        self.last = self.guess;
        self.guess = shortcut.next as usize;
        Some(text.index)
    }

    /// The place of a name, of which `stored` and `store` know more; `None` if there is no more room.
    #[inline]
    pub(super) fn place(&mut self, name: &'static str) -> Option<usize> {
        let at = match self.shortcuts.get(self.guess) {
            Some(known) if known.is(name) => self.guess,
            _ => self.look_for(name)?,
        };
        let shortcut = self.shortcuts.get(at)?;
        self.last = at;
        self.guess = shortcut.next as usize;
        Some(shortcut.text as usize)
    }

    /// A name that comes where another one came the last time, or none.
    #[inline(never)]
    fn look_for(&mut self, name: &'static str) -> Option<usize> {
        let at = match self.shortcuts.iter().position(|known| known.is(name)) {
            Some(at) => at,
            None if self.shortcuts.len() == MOST => return None,
            None => self.add(name),
        };
        if let Some(last) = self.shortcuts.get_mut(self.last) {
            last.next = at as u32;
        }
        Some(at)
    }

    #[cold]
    fn add(&mut self, name: &'static str) -> usize {
        let text = self.texts.iter().position(|known| known.text == name).unwrap_or_else(|| {
            self.texts.push(Text { text: name, index: 0, pickle: 0 });
            self.texts.len() - 1
        });
        let (address, length) = (name.as_ptr() as usize, name.len());
        self.shortcuts.push(Shortcut { address, length, text: text as u32, next: 0 });
        self.shortcuts.len() - 1
    }

    /// The index of the name at a place, if it is stored.
    #[inline]
    pub(super) fn stored(&self, place: usize) -> Option<u32> {
        self.texts.get(place).filter(|text| text.pickle == self.pickle).map(|text| text.index)
    }

    /// The name at a place is stored under this index.
    pub(super) fn store(&mut self, place: usize, index: u32) {
        if let Some(text) = self.texts.get_mut(place) {
            (text.index, text.pickle) = (index, self.pickle);
        }
    }

    /// The index of a text, if it is a name that is stored.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.texts.iter().find(|known| known.pickle == self.pickle && known.text == text).map(|known| known.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pickle_stores_its_own() {
        let mut names = Names::default();
        for pickle in 0..3 {
            names.clear();
            for name in ["a", "b"] {
                assert_eq!(names.expected(name), None, "pickle {pickle}");
                let place = names.place(name).unwrap();
                assert_eq!((names.stored(place), names.find(name)), (None, None));
                names.store(place, 7);
                assert_eq!((names.stored(place), names.find(name)), (Some(7), Some(7)));
            }
        }
        // After `b` comes what came after it the last time.
        assert_eq!((names.expected("a"), names.expected("b")), (Some(7), Some(7)));
    }

    #[test]
    fn content_decides() {
        let (one, other) = ("name", Box::leak(String::from("name").into_boxed_str()) as &'static str);
        let mut names = Names::default();
        names.clear();
        let place = names.place(one).unwrap();
        names.store(place, 3);
        assert_eq!(names.place(other), Some(place));
        assert_eq!(names.find("other"), None);
    }

    #[test]
    fn no_more_than_there_is_room_for() {
        let mut names = Names::default();
        names.clear();
        let leak = |at: usize| Box::leak(at.to_string().into_boxed_str()) as &'static str;
        assert_eq!((0..=MOST).filter_map(|at| names.place(leak(at))).count(), MOST);
        names.clear();
        assert!(names.place("again").is_some(), "the next pickle begins anew");
    }
}
