//! `rten`: pure Rust, always there.

use super::{Data, EngineError, Model, Output, Outputs, checked_len};
use rten::{ModelOptions, NodeId, OpRegistry, RunOptions, ThreadPool, op_registry};
use rten_tensor::TensorView;
use rten_tensor::prelude::*;
use std::sync::Arc;

/// Version of the crate, pinned exactly in the workspace.
pub(super) const VERSION: &str = "0.27.0";

/// Threads shared by all networks of an engine.
pub(super) type Pool = Arc<ThreadPool>;

pub(super) fn pool(threads: usize) -> Pool {
    Arc::new(ThreadPool::with_num_threads(threads))
}

/// What our networks are made of. All others are left out, because they would make a tenth of the program.
fn operators() -> OpRegistry {
    op_registry!(
        Add,
        AveragePool,
        BatchNormalization,
        Cast,
        Clip,
        Concat,
        Conv,
        ConvTranspose,
        Div,
        Erf,
        Flatten,
        Gather,
        GlobalAveragePool,
        HardSigmoid,
        Identity,
        MatMul,
        MaxPool,
        Mul,
        PRelu,
        Pad,
        Pow,
        ReduceMean,
        Relu,
        Reshape,
        Resize,
        Shape,
        Sigmoid,
        Slice,
        Softmax,
        Sqrt,
        Squeeze,
        Sub,
        Transpose,
        Unsqueeze
    )
}

/// A network; running it needs no exclusive access.
pub(super) struct RtenModel {
    id: &'static str,
    model: rten::Model,
    pool: Pool,
    input: NodeId,
    outputs: Vec<(String, NodeId)>,
}

impl RtenModel {
    pub(super) fn load(pool: &Pool, id: &'static str, bytes: &[u8]) -> Result<Self, EngineError> {
        let model = ModelOptions::with_ops(operators())
            .load(bytes.to_vec())
            .map_err(|e| EngineError::Load { model: id, detail: e.to_string() })?;
        let input = match model.input_ids() {
            [one] => *one,
            many => {
                return Err(EngineError::Shape {
                    model: id,
                    detail: format!("one input expected, {} found", many.len()),
                });
            }
        };
        let mut outputs = Vec::new();
        for &node in model.output_ids() {
            let name = model.node_info(node).and_then(|n| n.name().map(str::to_owned));
            let name =
                name.ok_or_else(|| EngineError::Shape { model: id, detail: "an output has no name".into() })?;
            outputs.push((name, node));
        }
        Ok(Self { id, model, pool: Arc::clone(pool), input, outputs })
    }
}

impl Model for RtenModel {
    fn run(&self, shape: &[usize], data: &[f32]) -> Result<Outputs, EngineError> {
        let model = self.id;
        checked_len(model, shape, data)?;
        let fail = |detail: String| EngineError::Run { model, detail };
        let view = TensorView::from_data(shape, data);
        let nodes: Vec<NodeId> = self.outputs.iter().map(|(_, node)| *node).collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let values = self
            .model
            .run(vec![(self.input, view.into())], &nodes, Some(options))
            .map_err(|e| fail(e.to_string()))?;
        let mut items = Vec::with_capacity(values.len());
        for ((name, _), value) in self.outputs.iter().zip(values) {
            let tensor = value
                .into_tensor::<f32>()
                .ok_or_else(|| fail(format!("the output {name} is no f32 tensor")))?;
            let shape = tensor.shape().to_vec();
            items.push(Output { name: name.clone(), shape, data: Data::Owned(tensor.into_data()) });
        }
        Ok(Outputs { model, items })
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.model.metadata().get(key).map(str::to_owned)
    }
}
