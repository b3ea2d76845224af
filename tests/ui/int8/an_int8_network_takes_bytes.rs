use typednet::prelude::*;

network! {
    struct Digits: [64] -> [10] { Dense(10, activation = softmax) }
}

fn main() {
    let net = Digits::boxed(1);
    let quantized = Quantized::<Digits>::calibrate(&*net, &[[0.5; 64]]).unwrap();
    let _ = quantized.predict(&[0.5_f32; 64]);
}
