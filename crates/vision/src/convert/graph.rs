//! Writes the ResNet-29 as an ONNX graph.
//!
//! The shape of the network is dlib's `anet_type`; where dlib pads or crops to make two paths fit, the same
//! is spelled out here with explicit operators. Initialisers are written in order of use and nothing depends
//! on time or place, so equal weights give an equal file.

use super::ConvertError;
use super::protobuf::Message;
use super::tfjs::{Tensor, Tensors};

// Field numbers of onnx.proto (IR version 8).
mod field {
    pub(super) mod model {
        pub(in super::super) const IR_VERSION: u32 = 1;
        pub(in super::super) const PRODUCER_NAME: u32 = 2;
        pub(in super::super) const GRAPH: u32 = 7;
        pub(in super::super) const OPSET_IMPORT: u32 = 8;
    }
    pub(super) mod opset {
        pub(in super::super) const DOMAIN: u32 = 1;
        pub(in super::super) const VERSION: u32 = 2;
    }
    pub(super) mod graph {
        pub(in super::super) const NODE: u32 = 1;
        pub(in super::super) const NAME: u32 = 2;
        pub(in super::super) const INITIALIZER: u32 = 5;
        pub(in super::super) const INPUT: u32 = 11;
        pub(in super::super) const OUTPUT: u32 = 12;
    }
    pub(super) mod node {
        pub(in super::super) const INPUT: u32 = 1;
        pub(in super::super) const OUTPUT: u32 = 2;
        pub(in super::super) const NAME: u32 = 3;
        pub(in super::super) const OP_TYPE: u32 = 4;
        pub(in super::super) const ATTRIBUTE: u32 = 5;
    }
    pub(super) mod attribute {
        pub(in super::super) const NAME: u32 = 1;
        pub(in super::super) const INTS: u32 = 8;
        pub(in super::super) const TYPE: u32 = 20;
    }
    pub(super) mod tensor {
        pub(in super::super) const DIMS: u32 = 1;
        pub(in super::super) const DATA_TYPE: u32 = 2;
        pub(in super::super) const NAME: u32 = 8;
        pub(in super::super) const RAW_DATA: u32 = 9;
    }
    pub(super) mod value_info {
        pub(in super::super) const NAME: u32 = 1;
        pub(in super::super) const TYPE: u32 = 2;
        pub(in super::super) const TENSOR_TYPE: u32 = 1;
        pub(in super::super) const ELEM_TYPE: u32 = 1;
        pub(in super::super) const SHAPE: u32 = 2;
        pub(in super::super) const DIM: u32 = 1;
        pub(in super::super) const DIM_VALUE: u32 = 1;
        pub(in super::super) const DIM_PARAM: u32 = 2;
    }
}

const IR_VERSION: i64 = 8;
const OPSET_VERSION: i64 = 13;
const FLOAT: i64 = 1;
const INT64: i64 = 7;
/// `AttributeProto.AttributeType.INTS`.
const INTS: i64 = 7;

/// Mean colour of the training pictures, RGB, as dlib subtracts it.
const MEAN_RGB: [f32; 3] = [122.782, 117.001, 104.298];

/// Side of the input picture in pixels.
const SIDE: i64 = 150;
/// Length of the vector that comes out.
const EMBEDDING: usize = 128;

/// A value inside the graph: its name, and what the next block must know about it.
struct Value {
    name: String,
    channels: usize,
    side: usize,
}

/// How a 3×3 or larger convolution moves over its input.
#[derive(Clone, Copy)]
struct Window {
    kernel: usize,
    stride: usize,
    pad: usize,
}

impl Window {
    fn out(self, side: usize) -> usize {
        (side + 2 * self.pad).saturating_sub(self.kernel) / self.stride + 1
    }
}

struct Graph {
    tensors: Tensors,
    nodes: Vec<Message>,
    initializers: Vec<Message>,
}

/// Builds the file. Consumes every tensor; one too many or too few is an error.
pub(super) fn build(tensors: Tensors) -> Result<Vec<u8>, ConvertError> {
    let mut graph = Graph { tensors, nodes: Vec::new(), initializers: Vec::new() };
    graph.layers()?;
    graph.finish()
}

impl Graph {
    fn layers(&mut self) -> Result<(), ConvertError> {
        self.float("mean", &[1, 3, 1, 1], &MEAN_RGB);
        self.node("Sub", "centred", &["input", "mean"], &[]);
        self.float("range", &[1], &[1.0 / 255.0]);
        self.node("Mul", "scaled", &["centred", "range"], &[]);

        let input = Value { name: "scaled".into(), channels: 3, side: SIDE as usize };
        let stem = self.convolution("conv32_down", &input, 32, Window { kernel: 7, stride: 2, pad: 0 })?;
        let stem = self.relu(&stem);
        let pool = Window { kernel: 3, stride: 2, pad: 0 };
        self.node("MaxPool", "pool", &[&stem.name], &window(pool));
        let mut x = Value { name: "pool".into(), channels: 32, side: pool.out(stem.side) };

        for block in ["conv32_1", "conv32_2", "conv32_3"] {
            x = self.residual(block, &x)?;
        }
        x = self.residual_down("conv64_down", &x, 64)?;
        for block in ["conv64_1", "conv64_2", "conv64_3"] {
            x = self.residual(block, &x)?;
        }
        x = self.residual_down("conv128_down", &x, 128)?;
        for block in ["conv128_1", "conv128_2"] {
            x = self.residual(block, &x)?;
        }
        x = self.residual_down("conv256_down", &x, 256)?;
        for block in ["conv256_1", "conv256_2"] {
            x = self.residual(block, &x)?;
        }
        x = self.residual_down("conv256_down_out", &x, 256)?;

        // The zeros that padded the last block count in the mean: so does dlib.
        self.node("GlobalAveragePool", "mean_of_area", &[&x.name], &[]);
        self.node("Flatten", "flat", &["mean_of_area"], &[]);
        let fc = self.tensors.take("fc", &[256, EMBEDDING])?;
        self.float("fc", &[256, EMBEDDING as i64], &fc.values);
        self.node("MatMul", "embedding", &["flat", "fc"], &[]);
        Ok(())
    }

    /// Two convolutions around which the input is led unchanged.
    fn residual(&mut self, block: &str, x: &Value) -> Result<Value, ConvertError> {
        let same = Window { kernel: 3, stride: 1, pad: 1 };
        let first = self.convolution(&format!("{block}/conv1"), x, x.channels, same)?;
        let first = self.relu(&first);
        let second = self.convolution(&format!("{block}/conv2"), &first, x.channels, same)?;
        Ok(self.join(block, &second, x))
    }

    /// Halves the area; the way around is an average, filled with zeros where it has fewer channels.
    fn residual_down(&mut self, block: &str, x: &Value, channels: usize) -> Result<Value, ConvertError> {
        let down = Window { kernel: 3, stride: 2, pad: 0 };
        let same = Window { kernel: 3, stride: 1, pad: 1 };
        let first = self.convolution(&format!("{block}/conv1"), x, channels, down)?;
        let first = self.relu(&first);
        let mut main = self.convolution(&format!("{block}/conv2"), &first, channels, same)?;

        let pool = Window { kernel: 2, stride: 2, pad: 0 };
        let name = format!("{block}/skip");
        self.node("AveragePool", &name, &[&x.name], &window(pool));
        let mut skip = Value { name, channels: x.channels, side: pool.out(x.side) };
        if skip.channels < channels {
            let more = channels - skip.channels;
            self.pad(&mut skip, "channels", [0, more as i64, 0, 0]);
            skip.channels = channels;
        }
        if main.side < skip.side {
            let more = (skip.side - main.side) as i64;
            self.pad(&mut main, "area", [0, 0, more, more]);
            main.side = skip.side;
        }
        Ok(self.join(block, &main, &skip))
    }

    fn join(&mut self, block: &str, main: &Value, skip: &Value) -> Value {
        let sum = format!("{block}/sum");
        self.node("Add", &sum, &[&main.name, &skip.name], &[]);
        self.relu(&Value { name: sum, channels: main.channels, side: main.side })
    }

    /// Appends zeros after the existing values of each axis.
    fn pad(&mut self, value: &mut Value, what: &str, ends: [i64; 4]) {
        let name = format!("{}/padded_{what}", value.name);
        let pads = format!("{name}/pads");
        let amounts: Vec<u8> = [0; 4].into_iter().chain(ends).flat_map(i64::to_le_bytes).collect();
        self.initializer(&pads, INT64, &[8], &amounts);
        self.node("Pad", &name, &[&value.name, &pads], &[]);
        value.name = name;
    }

    fn relu(&mut self, value: &Value) -> Value {
        let name = format!("{}/relu", value.name);
        self.node("Relu", &name, &[&value.name], &[]);
        Value { name, channels: value.channels, side: value.side }
    }

    /// A convolution with its bias and the scale that follows folded into one filter and one bias.
    fn convolution(
        &mut self,
        prefix: &str,
        x: &Value,
        channels: usize,
        moves: Window,
    ) -> Result<Value, ConvertError> {
        let k = moves.kernel;
        let filters = self.tensors.take(&format!("{prefix}/conv/filters"), &[k, k, x.channels, channels])?;
        let bias = self.tensors.take(&format!("{prefix}/conv/bias"), &[channels])?;
        let scale = self.tensors.take(&format!("{prefix}/scale/weights"), &[channels])?;
        let shift = self.tensors.take(&format!("{prefix}/scale/biases"), &[channels])?;
        let (weights, biases) = fold(&filters, &bias, &scale, &shift);

        let (w, b) = (format!("{prefix}/weights"), format!("{prefix}/bias"));
        self.float(&w, &[channels as i64, x.channels as i64, k as i64, k as i64], &weights);
        self.float(&b, &[channels as i64], &biases);
        self.node("Conv", prefix, &[&x.name, &w, &b], &window(moves));
        Ok(Value { name: prefix.to_owned(), channels, side: moves.out(x.side) })
    }

    fn float(&mut self, name: &str, dims: &[i64], values: &[f32]) {
        let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.initializer(name, FLOAT, dims, &raw);
    }

    fn initializer(&mut self, name: &str, data_type: i64, dims: &[i64], raw: &[u8]) {
        use field::tensor;
        self.initializers.push(
            Message::new()
                .ints(tensor::DIMS, dims)
                .int(tensor::DATA_TYPE, data_type)
                .text(tensor::NAME, name)
                .bytes(tensor::RAW_DATA, raw),
        );
    }

    /// A node with one output, which also gives it its name.
    fn node(&mut self, op: &str, output: &str, inputs: &[&str], attributes: &[(&str, Vec<i64>)]) {
        use field::{attribute, node};
        let mut message = Message::new();
        for input in inputs {
            message = message.text(node::INPUT, input);
        }
        message = message.text(node::OUTPUT, output).text(node::NAME, output).text(node::OP_TYPE, op);
        for (name, values) in attributes {
            let ints = Message::new()
                .text(attribute::NAME, name)
                .ints(attribute::INTS, values)
                .int(attribute::TYPE, INTS);
            message = message.message(node::ATTRIBUTE, &ints);
        }
        self.nodes.push(message);
    }

    fn finish(self) -> Result<Vec<u8>, ConvertError> {
        use field::{graph, model, opset};
        self.tensors.finish()?;
        let mut message = Message::new();
        for node in &self.nodes {
            message = message.message(graph::NODE, node);
        }
        message = message.text(graph::NAME, "dlib_face_recognition_resnet_v1");
        for initializer in &self.initializers {
            message = message.message(graph::INITIALIZER, initializer);
        }
        let picture = value_info("input", &[3, SIDE, SIDE]);
        let vector = value_info("embedding", &[EMBEDDING as i64]);
        message = message.message(graph::INPUT, &picture).message(graph::OUTPUT, &vector);
        let operators = Message::new().text(opset::DOMAIN, "").int(opset::VERSION, OPSET_VERSION);
        Ok(Message::new()
            .int(model::IR_VERSION, IR_VERSION)
            .text(model::PRODUCER_NAME, "shiming")
            .message(model::GRAPH, &message)
            .message(model::OPSET_IMPORT, &operators)
            .into_bytes())
    }
}

/// The three attributes that every convolution and pooling here needs.
fn window(w: Window) -> Vec<(&'static str, Vec<i64>)> {
    vec![
        ("kernel_shape", vec![w.kernel as i64; 2]),
        ("strides", vec![w.stride as i64; 2]),
        ("pads", vec![w.pad as i64; 4]),
    ]
}

/// `y = (conv(x) + bias) · scale + shift` as one convolution. Turns `[height, width, in, out]` filters into
/// ONNX's `[out, in, height, width]`.
fn fold(filters: &Tensor, bias: &Tensor, scale: &Tensor, shift: &Tensor) -> (Vec<f32>, Vec<f32>) {
    let outputs = scale.values.len();
    let mut weights = Vec::with_capacity(filters.values.len());
    let inputs = filters.shape.get(2).copied().unwrap_or(0);
    for (output, factor) in scale.values.iter().enumerate() {
        for input in 0..inputs {
            let of_this_pair = filters.values.iter().skip(input * outputs + output);
            weights.extend(of_this_pair.step_by(inputs * outputs).map(|w| w * factor));
        }
    }
    let biases = bias.values.iter().zip(&scale.values).zip(&shift.values);
    (weights, biases.map(|((b, s), t)| b * s + t).collect())
}

/// A named f32 tensor whose first axis is the batch.
fn value_info(name: &str, dims: &[i64]) -> Message {
    use field::value_info as v;
    let mut shape = Message::new().message(v::DIM, &Message::new().text(v::DIM_PARAM, "N"));
    for &dim in dims {
        shape = shape.message(v::DIM, &Message::new().int(v::DIM_VALUE, dim));
    }
    let tensor = Message::new().int(v::ELEM_TYPE, FLOAT).message(v::SHAPE, &shape);
    Message::new().text(v::NAME, name).message(v::TYPE, &Message::new().message(v::TENSOR_TYPE, &tensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_turns_the_axes_and_scales_each_output() {
        // 1×2 window, 2 inputs, 2 outputs: value = 1000·x + 10·input + output.
        let values = (0..8).map(|i| (1000 * (i / 4) + 10 * (i / 2 % 2) + i % 2) as f32).collect();
        let filters = Tensor { shape: vec![1, 2, 2, 2], values };
        let one = |a, b| Tensor { shape: vec![2], values: vec![a, b] };
        let (weights, biases) = fold(&filters, &one(1.0, 2.0), &one(1.0, 10.0), &one(0.5, 0.25));
        assert_eq!(weights, [0.0, 1000.0, 10.0, 1010.0, 10.0, 10010.0, 110.0, 10110.0]);
        assert_eq!(biases, [1.5, 20.25]);
    }

    #[test]
    fn windows_halve_sizes_as_the_published_table_says() {
        let down = Window { kernel: 3, stride: 2, pad: 0 };
        assert_eq!(Window { kernel: 7, stride: 2, pad: 0 }.out(150), 72);
        assert_eq!([72, 35, 17, 8, 4].map(|n| down.out(n)), [35, 17, 8, 3, 1]);
    }
}
