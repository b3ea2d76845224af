//! An activation: a function of each value, or of each row along the last axis.

use super::{Backward, InPlace, Layer, Needs, Pass, Saved};
use crate::kernel::activation::{Activate, ActivateBackward, ActivateBackwardFromInput};
pub use crate::kernel::activation::{Function, Saves};
use crate::kernel::{Isa, Job, dispatch};
use crate::plain::Plain;
use crate::shape::Shape;
use crate::team::Chunks;

/// Applies a [`Function`]. It has no weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activation;

// SAFETY: the layer holds zero floats.
unsafe impl Plain for Activation {}

/// Which function, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    function: Function,
    shape: Shape,
}

impl Settings {
    /// A function of samples of this shape.
    pub const fn new(input: Shape, function: Function) -> Self {
        Self { function, shape: input }
    }

    /// The shape of one sample's output: that of its input.
    pub const fn output(&self) -> Shape {
        self.shape
    }

    /// What the layer costs: nothing but time.
    pub const fn needs(&self) -> Needs {
        Needs { macs: 0, positions: 0, statistics: 0, partial: 0 }
    }

    /// The function.
    pub(crate) const fn function(&self) -> Function {
        self.function
    }

    /// The same function of a single number.
    pub(crate) const fn of_one(&self) -> Self {
        Self { function: self.function, shape: Shape::SCALAR }
    }

    fn columns(&self) -> usize {
        self.shape.last().max(1)
    }

    /// How many values are one task: whole rows, about 64 KiB of them.
    fn task(&self) -> usize {
        (1usize << 14).next_multiple_of(self.columns())
    }
}

impl Layer for Activation {
    type Settings = Settings;
    type Gradient = ();

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(input);
        self.infer_in_place(isa, settings, output);
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        let Settings { function, .. } = *settings;
        let size = settings.task();
        pass.team.split(Chunks::new(output, size), |number, data| {
            data.copy_from_slice(&input[number * size..][..data.len()]);
            dispatch(Activate { function, data, columns: settings.columns() });
        });
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, _gradient: Option<&mut ()>) {
        let Backward { input, output_gradient, input_gradient: Some(input_gradient), .. } = backward else { return };
        let size = settings.task();
        pass.team.split(Chunks::new(input_gradient, size), |number, input_gradient| {
            let begin = number * size;
            dispatch(ActivateBackwardFromInput {
                function: settings.function,
                input: &input[begin..][..input_gradient.len()],
                output_gradient: &output_gradient[begin..][..input_gradient.len()],
                input_gradient,
                columns: settings.columns(),
            });
        });
    }
}

impl InPlace for Activation {
    #[inline(always)]
    fn infer_in_place<I: Isa>(&self, isa: I, settings: &Settings, data: &mut [f32]) {
        // Inline, so that the function is a constant and the others are left out.
        Activate { function: settings.function, data, columns: settings.columns() }.run(isa);
    }

    fn forward_in_place(&self, settings: &Settings, pass: Pass<'_>, data: &mut [f32]) {
        pass.team.split(Chunks::new(data, settings.task()), |_, data| {
            dispatch(Activate { function: settings.function, data, columns: settings.columns() });
        });
    }

    /// `saved` is what [`Function::saves`] says.
    fn backward_in_place(&self, settings: &Settings, pass: Pass<'_>, saved: &[f32], gradient: &mut [f32]) {
        let size = settings.task();
        pass.team.split(Chunks::new(gradient, size), |number, gradient| {
            dispatch(ActivateBackward {
                function: settings.function,
                saved: &saved[number * size..][..gradient.len()],
                gradient,
                columns: settings.columns(),
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::layer::gradient_check::Check;
    use std::vec::Vec;

    type Definition = fn(f64) -> f64;

    /// Each function with its definition in double precision.
    fn definitions() -> Vec<(Function, Definition)> {
        fn hard_sigmoid(x: f64) -> f64 {
            (x / 6.0 + 0.5).clamp(0.0, 1.0)
        }
        fn elu(alpha: f64, x: f64) -> f64 {
            if x > 0.0 { x } else { alpha * libm::expm1(x) }
        }
        std::vec![
            (Function::Relu, |x| x.max(0.0)),
            (Function::Relu6, |x| x.clamp(0.0, 6.0)),
            (Function::LeakyRelu { slope: 0.25 }, |x| if x > 0.0 { x } else { 0.25 * x }),
            (Function::Elu { alpha: 1.5 }, |x| elu(1.5, x)),
            (Function::Selu, |x| 1.050_700_987_355_480_5 * elu(1.673_263_242_354_377_2, x)),
            (Function::Gelu, |x| x * (1.0 + libm::erf(x / core::f64::consts::SQRT_2)) / 2.0),
            (Function::Silu, |x| x / (1.0 + libm::exp(-x))),
            (Function::Softplus, |x| libm::log1p(libm::exp(x))),
            (Function::Sigmoid, |x| 1.0 / (1.0 + libm::exp(-x))),
            (Function::HardSigmoid, hard_sigmoid),
            (Function::HardSilu, |x| x * hard_sigmoid(x)),
            (Function::Tanh, libm::tanh),
        ]
    }

    /// From -8 to 8, in steps that miss the kinks at -3, 0, 3 and 6 by more than a difference's step.
    fn inputs() -> Vec<f32> {
        (0..161).map(|n| -8.0 + 0.1 * n as f32 + 0.05).collect()
    }

    #[test]
    fn outputs_agree_with_the_definitions() {
        for (function, definition) in definitions() {
            for level in Level::available() {
                let mut data = inputs();
                level.run(Activate { function, data: &mut data, columns: 7 });
                for (input, found) in inputs().into_iter().zip(data) {
                    let exact = definition(f64::from(input));
                    // A few roundings of values of the size of the input or the output.
                    let tolerance = 3e-7 * f64::from(input).abs().max(exact.abs()).max(1.0);
                    assert!((f64::from(found) - exact).abs() < tolerance, "{function:?} of {input} is {found}");
                }
            }
        }
    }

    #[test]
    fn derivatives_are_differences() {
        let shape = Shape::new(&[23, 7]);
        let functions = definitions().into_iter().map(|(function, _)| function).chain([Function::Softmax]);
        for function in functions {
            let settings = Settings::new(shape, function);
            let check = Check::<Activation>::new(settings, shape, settings.output(), settings.needs());
            check.at(&mut Activation, inputs());
            check.in_place(function.saves() == Saves::Input);
        }
    }

    #[test]
    fn derivatives_at_the_kinks_are_those_of_keras() {
        let kinks = [
            (Function::Relu, 0.0, 0.0),
            (Function::Relu6, 6.0, 0.0),
            (Function::HardSigmoid, 3.0, 0.0),
            (Function::HardSigmoid, -3.0, 0.0),
            (Function::HardSilu, -3.0, 0.0),
            (Function::HardSilu, 3.0, 1.0),
            (Function::Elu { alpha: 1.0 }, 0.0, 1.0),
        ];
        for (function, input, expected) in kinks {
            for level in Level::available() {
                let mut input_gradient = [f32::NAN];
                let backward = ActivateBackwardFromInput {
                    function,
                    input: &[input],
                    output_gradient: &[1.0],
                    input_gradient: &mut input_gradient,
                    columns: 1,
                };
                level.run(backward);
                assert_eq!(input_gradient, [expected], "{function:?} at {input}");
            }
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        for (function, _) in definitions() {
            for level in Level::available() {
                let mut data = [f32::NAN];
                level.run(Activate { function, data: &mut data, columns: 1 });
                assert!(data[0].is_nan(), "{function:?} on {level:?}");
            }
        }
    }

    #[test]
    fn a_batch_that_is_many_tasks_is_done_to_the_end() {
        use crate::layer::{InPlace, Mode};
        let shape = Shape::new(&[100, 33]);
        let settings = Settings::new(shape, Function::Relu);
        let mut data = std::vec![-1.0; 40 * shape.len()];
        let pass = Pass { team: &crate::team::Backwards, batch: 40, mode: Mode::Inference };
        Activation.forward_in_place(&settings, pass, &mut data);
        assert!(data.iter().all(|&value| value == 0.0));
    }
}
