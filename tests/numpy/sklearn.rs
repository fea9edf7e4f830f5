//! Estimators of scikit-learn: their arrays are fields.

use serde::{Deserialize, de::DeserializeOwned};
use serde_pickle::types::{ArrayRef, Order};

use crate::fixtures;

fn each<T: DeserializeOwned>(name: &str) -> impl Iterator<Item = T> {
    fixtures("sklearn", name)
        .into_iter()
        .map(|(file, pickle)| serde_pickle::from_slice(&pickle).unwrap_or_else(|error| panic!("{file}: {error}")))
}

#[test]
fn estimators() {
    #[derive(Deserialize)]
    struct StandardScaler {
        mean_: Vec<f64>,
        scale_: Vec<f64>,
        n_samples_seen_: f64,
    }

    for scaler in each::<StandardScaler>("scaler") {
        assert_eq!((scaler.mean_, scaler.n_samples_seen_), (vec![1.5, 1.25], 4.0));
        assert!((scaler.scale_[0] - 1.118).abs() < 0.001);
    }

    #[derive(Deserialize)]
    struct LabelEncoder {
        classes_: Vec<String>,
    }

    for labels in each::<LabelEncoder>("labels") {
        assert_eq!(labels.classes_, ["no", "yes"]);
    }

    #[derive(Deserialize)]
    struct LogisticRegression {
        classes_: [i64; 2],
        coef_: Vec<[f64; 2]>,
        intercept_: (f64,),
        #[serde(rename = "C")]
        c: f64,
    }

    for model in each::<LogisticRegression>("logistic") {
        assert_eq!((model.classes_, model.coef_.len(), model.c), ([0, 1], 1, 1.0));
        assert!(model.coef_[0][0] > 0.0 && model.intercept_.0 < 0.0);
    }
}

#[test]
fn trees() {
    #[derive(Deserialize)]
    struct DecisionTree<'a> {
        #[serde(borrow)]
        tree_: Tree<'a>,
    }

    #[derive(Deserialize)]
    struct Tree<'a> {
        node_count: usize,
        nodes: Vec<Node>,
        #[serde(borrow)]
        values: ArrayRef<'a>,
    }

    #[derive(Deserialize)]
    struct Node {
        left_child: i64,
        right_child: i64,
        feature: i64,
        threshold: f64,
    }

    for (file, pickle) in fixtures("sklearn", "tree") {
        let DecisionTree { tree_: tree } =
            serde_pickle::from_slice(&pickle).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!((tree.node_count, tree.nodes.len()), (3, 3));
        let root = &tree.nodes[0];
        assert_eq!((root.left_child, root.right_child, root.feature, root.threshold), (1, 2, 0, 1.5));
        assert_eq!((tree.values.shape(), tree.values.order()), (&[3, 1, 2][..], Order::C));
    }
}
