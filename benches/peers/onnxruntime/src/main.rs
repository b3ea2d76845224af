//! Infers with ONNX Runtime through its C interface, by orders. `ORT_DYLIB_PATH` names its shared library.

use ort::environment::Environment;
use ort::session::{Session, builder::GraphOptimizationLevel};
use ort::value::Tensor;
use worker::{Order, installed, orders, threads};

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let environment = ort::init_from(std::env::var("ORT_DYLIB_PATH")?)?.build()?;
    orders().try_for_each(|(workload, order)| infer(&environment, &workload, order))
}

fn infer(environment: &Environment, workload: &str, order: Order) -> Done {
    let path = installed().join("models").join(format!("{workload}.onnx"));
    if !path.exists() {
        order.decline();
        return Ok(());
    }
    let mut session = Session::builder(environment)?
        .with_optimization_level(GraphOptimizationLevel::Level3)?
        .with_intra_threads(threads())?
        .with_inter_threads(1)?
        .commit_from_file(path)?;
    let (input, output) = (session.inputs()[0].name().to_owned(), session.outputs()[0].name().to_owned());
    let shape = session.inputs()[0].dtype().tensor_shape().expect("a tensor").to_vec();
    let sample = Tensor::from_array((shape, worker::input(&format!("{workload}-channels-first"))))?;
    let call = || {
        let outputs = session.run(ort::inputs![input.as_str() => &sample]).expect("an inference");
        outputs[output.as_str()].try_extract_tensor::<f32>().expect("floats").1.to_vec()
    };
    order.answer(call, |output| output);
    Ok(())
}
