//! Infers with tract by orders, on one thread.

use tract_onnx::prelude::*;
use worker::{installed, orders};

fn main() -> TractResult<()> {
    for (workload, order) in orders() {
        let path = installed().join("models").join(format!("{workload}.onnx"));
        if !path.exists() {
            order.decline();
            continue;
        }
        let model = tract_onnx::onnx().model_for_path(path)?.into_optimized()?;
        let shape = model.input_fact(0)?.shape.as_concrete().expect("a known shape").to_vec();
        let plan = model.into_runnable()?;
        let input = worker::input(&format!("{workload}-channels-first"));
        order.answer(
            || {
                let input = Tensor::from_shape(&shape, &input).expect("an input");
                plan.run(tvec!(input.into())).expect("an inference")
            },
            |outputs| outputs[0].view().as_slice::<f32>().expect("floats").to_vec(),
        );
    }
    Ok(())
}
