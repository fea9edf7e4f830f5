//! The guide: chapters for people with a task. All code in them is tested.
//!
//! | chapter | for |
//! |---|---|
//! | [`tour`] | the classic tour of Python's pickle, each step in both directions |
//! | [`tool`] | looking into a file on the command line, and getting types for it |
//! | [`reading`] | reading a file that somebody else wrote |
//! | [`values`] | which Python type is which Rust type, both ways |
//! | [`classes`] | instances of Python classes, read and written |
//! | [`security`] | pickles that nobody trusts |
//! | [`speed`] | large files, and many small messages |
//! | [`streaming`] | several pickles in one source, readers, writers, lengths before pickles |
//! | [`python2`] | files of Python 2 |
//! | [`numpy`] | arrays |
//! | [`containers`] | caches, queues and files of other libraries |
//! | [`from_serde_pickle`] | coming from the crate serde-pickle |
//! | [`from_deser_pickle`] | coming from the crate deser-pickle |
//! | [`faq`] | questions that are asked |

#[doc = include_str!("tour.md")]
pub mod tour {}
#[doc = include_str!("tool.md")]
pub mod tool {}
#[doc = include_str!("reading.md")]
pub mod reading {}
#[doc = include_str!("values.md")]
pub mod values {}
#[doc = include_str!("classes.md")]
pub mod classes {}
#[doc = include_str!("security.md")]
pub mod security {}
#[doc = include_str!("speed.md")]
pub mod speed {}
#[doc = include_str!("streaming.md")]
pub mod streaming {}
#[doc = include_str!("python2.md")]
pub mod python2 {}
#[doc = include_str!("numpy.md")]
pub mod numpy {}
#[doc = include_str!("containers.md")]
pub mod containers {}
#[doc = include_str!("from_serde_pickle.md")]
pub mod from_serde_pickle {}
#[doc = include_str!("from_deser_pickle.md")]
pub mod from_deser_pickle {}
#[doc = include_str!("faq.md")]
pub mod faq {}
