//! PyTorch's files: a zip archive (not compressed) with the pickle `data.pkl`, and the storages of the tensors beside it.
//!
//! In the pickle a tensor is a call, and its storage a persistent id: what it is called, of which type, and how long.

use serde_pickle::{Graph, Node};

use super::Result;

/// A tensor of a state dict.
#[derive(Debug, PartialEq)]
pub struct Tensor {
    /// As in the state dict: `fc.weight`.
    pub name: String,
    /// The type of the storage: `FloatStorage`, `LongStorage`.
    pub dtype: String,
    /// How long it is in each dimension.
    pub shape: Vec<usize>,
    /// In elements, as the offset.
    pub stride: Vec<usize>,
    /// Where it begins in its storage.
    pub offset: usize,
    /// The values, of tensors of floats whose rows follow each other.
    pub values: Option<Vec<f32>>,
}

/// The tensors of a file that `torch.save(model.state_dict(), file)` wrote.
pub fn state_dict(file: &[u8]) -> Result<Vec<Tensor>> {
    let entries = zip_entries(file)?;
    let (name, pickle) = entries.iter().find(|(name, _)| name.ends_with("data.pkl")).ok_or("there is no data.pkl")?;
    let folder = name.trim_end_matches("data.pkl");
    let graph = Graph::from_slice(pickle)?;
    let mut tensors = Vec::new();
    for (name, value) in graph.root().entries() {
        let mut tensor = tensor(value).ok_or("a value that is no tensor")?;
        tensor.0.name = name.as_str().ok_or("a name that is no text")?.into_owned();
        let storage = format!("{folder}data/{}", tensor.1);
        if let Some((_, bytes)) = entries.iter().find(|(name, _)| *name == storage) {
            fill(&mut tensor.0, bytes);
        }
        tensors.push(tensor.0);
    }
    Ok(tensors)
}

/// A tensor without its name, and the key of its storage.
fn tensor(node: Node<'_, '_>) -> Option<(Tensor, String)> {
    let class = node.class_name()?;
    if class.is("torch._utils", "_rebuild_parameter") {
        return tensor(node.args().next()?);
    }
    if !class.is("torch._utils", "_rebuild_tensor_v2") {
        return None;
    }
    let args: Vec<Node<'_, '_>> = node.args().collect();
    let [storage, offset, shape, stride, ..] = &args[..] else { return None };
    // ('storage', torch.FloatStorage, '0', 'cpu', 6)
    let storage = storage.persistent_id()?;
    let tensor = Tensor {
        name: String::new(),
        dtype: storage.at(1)?.as_global()?.name,
        shape: shape.deserialize().ok()?,
        stride: stride.deserialize().ok()?,
        offset: offset.deserialize().ok()?,
        values: None,
    };
    Some((tensor, storage.at(2)?.as_str()?.into_owned()))
}

fn fill(tensor: &mut Tensor, storage: &[u8]) {
    let rows_follow = tensor.shape.iter().zip(&tensor.stride).rev().try_fold(1_usize, |expected, (&len, &stride)| {
        if len == 1 || stride == expected { expected.checked_mul(len) } else { None }
    });
    if tensor.dtype == "FloatStorage"
        && let Some(count) = rows_follow
    {
        let floats = storage.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let values: Vec<f32> = floats.skip(tensor.offset).take(count).collect();
        tensor.values = (values.len() == count).then_some(values);
    }
}

/// The entries of a zip archive that compresses nothing, by its directory.
fn zip_entries(file: &[u8]) -> Result<Vec<(String, &[u8])>> {
    let number = |at: usize, len: usize| -> Option<usize> {
        let bytes = file.get(at..at.checked_add(len)?)?;
        Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    };
    let entry = |at: usize| -> Option<(String, &[u8], usize)> {
        let (method, size) = (number(at + 10, 2)?, number(at + 24, 4)?);
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        let header = number(at + 42, 4)?;
        // The header before the data has an extra field of its own: it pads.
        let data = header + 30 + number(header + 26, 2)? + number(header + 28, 2)?;
        let text = String::from_utf8(file.get(at + 46..at + 46 + name)?.to_vec()).ok()?;
        (method == 0).then_some((text, file.get(data..data + size)?, at + 46 + name + extra + comment))
    };
    let end = file.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").ok_or("not a zip archive")?;
    let count = number(end + 10, 2).ok_or("the archive is cut")?;
    let mut at = number(end + 16, 4).ok_or("the archive is cut")?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let (name, data, next) = entry(at).ok_or("an entry that is compressed, or cut")?;
        entries.push((name, data));
        at = next;
    }
    Ok(entries)
}
