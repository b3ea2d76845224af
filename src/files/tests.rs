use super::*;
use nn_core::kernel::Isa;
use nn_core::layer::WeightInfo;
use std::fs;
use std::path::PathBuf;

const fn weight(name: &'static str, sizes: &[usize]) -> WeightInfo {
    WeightInfo { name, shape: Shape::new(sizes), trained: true }
}

const fn layer(
    name: &'static str,
    kind: &'static str,
    output: &[usize],
    weights: &'static [WeightInfo],
    children: &'static [LayerInfo],
) -> LayerInfo {
    let shape = Shape::new(output);
    LayerInfo {
        name,
        kind,
        input: shape,
        output: shape,
        parameters: 0,
        macs: 0,
        weights,
        children,
        repeated: None,
        frozen: false,
    }
}

/// A network of so many weights and these layers.
macro_rules! network {
    ($name:ident, $parameters:expr, $layers:expr) => {
        #[repr(C)]
        #[derive(Debug)]
        struct $name {
            weights: [f32; $parameters],
        }

        // SAFETY: it is an array of floats.
        unsafe impl Plain for $name {}

        impl Network for $name {
            type Input = [f32; 3];
            type Output = [f32; 2];
            type Memory = [f32; 2];
            const NAME: &'static str = stringify!($name);
            const PARAMETERS: usize = $parameters;
            const MACS: usize = 0;
            const LAYERS: &'static [LayerInfo] = $layers;
            const OUTPUT: Range<usize> = 0..2;
            fn weights(&self) -> &[f32] {
                &self.weights
            }
            fn weights_mut(&mut self) -> &mut [f32] {
                &mut self.weights
            }
            fn initialize(&mut self, _: u64) {}
            fn infer_on<I: Isa>(&self, _: I, _: &[f32], _: &mut [f32]) {}
        }

        impl $name {
            #[allow(dead_code, reason = "the large one is never built on the stack")]
            /// Weights that count from `begin`.
            fn counted(begin: f32) -> Self {
                Self { weights: core::array::from_fn(|index| begin + index as f32) }
            }
        }
    };
}

const KERNEL: WeightInfo = weight("kernel", &[3, 2]);
const BIAS: WeightInfo = weight("bias", &[2]);

network!(
    Tiny,
    14,
    &[
        layer("hidden", "Dense", &[2], &[KERNEL, BIAS], &[]),
        layer("flat", "Flatten", &[2], &[], &[]),
        layer(
            "block",
            "Residual",
            &[2],
            &[weight("scale", &[2])],
            &[layer("0", "Group", &[2], &[], &[layer("dense", "Dense", &[2], &[weight("kernel", &[2, 2])], &[])])]
        ),
    ]
);
network!(Bare, 8, &[layer("hidden", "Dense", &[2], &[KERNEL, BIAS], &[])]);
network!(Steep, 8, &[layer("hidden", "Dense", &[2], &[KERNEL, BIAS], &[]), layer("soft", "Softmax", &[2], &[], &[])]);
network!(Wide, 12, &[layer("hidden", "Dense", &[3], &[weight("kernel", &[3, 3]), weight("bias", &[3])], &[])]);
network!(Large, 10_000_000, &[layer("hidden", "Dense", &[2], &[weight("kernel", &[5_000_000, 2])], &[])]);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn files(&self) -> usize {
        fs::read_dir(self.0.path()).unwrap().count()
    }
}

/// The message of an error, after which the network must be what it was.
fn refused<N: Network>(net: &mut N, path: &Path) -> String {
    let before: Vec<u32> = net.weights().iter().map(|weight| weight.to_bits()).collect();
    let message = load_weights(net, path).unwrap_err().to_string();
    let after: Vec<u32> = net.weights().iter().map(|weight| weight.to_bits()).collect();
    assert_eq!(before, after);
    message
}

#[test]
fn weights_come_back_bit_for_bit() {
    let folder = Folder::new();
    let path = folder.path("tiny.safetensors");
    let mut net = Tiny::counted(1.0);
    net.weights[3] = f32::NAN;
    net.weights[4] = -0.0;
    net.weights[5] = f32::from_bits(1);
    save(&net, &path).unwrap();
    let bits = |net: &Tiny| net.weights.map(f32::to_bits);
    assert_eq!(bits(&load::<Tiny>(&path).unwrap()), bits(&net));
    let mut other = Tiny::counted(100.0);
    load_weights(&mut other, &path).unwrap();
    assert_eq!(bits(&other), bits(&net));
    let mut boxed = Box::new(Tiny::counted(100.0));
    load_weights(&mut boxed, &path).unwrap();
    assert_eq!(bits(&boxed), bits(&net));
}

#[test]
fn tensors_are_named_by_their_layers_and_lie_in_memory_order() {
    let folder = Folder::new();
    let path = folder.path("tiny.safetensors");
    save(&Tiny::counted(0.0), &path).unwrap();
    let file = read_tensors(&path).unwrap();
    let names: Vec<&str> = file.tensors().iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(names, ["hidden.kernel", "hidden.bias", "block.scale", "block.0.dense.kernel"]);
    let mut kernel = [0.0; 4];
    file.copy(&file.tensors()[3], &mut kernel);
    assert_eq!(kernel, [10.0, 11.0, 12.0, 13.0]);
    assert_eq!(file.tensors()[0].sizes, [3, 2]);
    assert_eq!(file.metadata("format"), Some("typednet"));
    assert_eq!(file.metadata("network"), Some("Tiny"));
    let signature = "Input [3]; Dense [2]; Flatten [2]; Residual [2]; >Group [2]; >>Dense [2]";
    assert_eq!(file.metadata("signature"), Some(signature));
}

#[test]
fn the_same_weights_are_the_same_bytes() {
    let folder = Folder::new();
    let save = |name: &str| {
        save(&Tiny::counted(3.0), folder.path(name)).unwrap();
        fs::read(folder.path(name)).unwrap()
    };
    let first = save("first");
    let header = u64::from_le_bytes(first[..8].try_into().unwrap()) as usize;
    assert_eq!((header % 8, first.len()), (0, 8 + header + 14 * 4));
    (0..10).for_each(|_| assert_eq!(first, save("again")));
    assert_eq!(folder.files(), 2);
}

#[test]
fn a_file_of_another_network_is_refused_with_the_difference() {
    let folder = Folder::new();
    let path = folder.path("file");
    save(&Bare::counted(0.0), &path).unwrap();
    let message = refused(&mut Tiny::counted(5.0), &path);
    assert!(message.contains("the network `Tiny`: the tensor `block.scale` [2] is not in the file"), "{message}");
    assert!(message.contains("saved from `Bare`"), "{message}");
    let message = refused(&mut Wide::counted(5.0), &path);
    assert!(message.contains("`hidden.kernel` is [3, 2] in the file and [3, 3] in the network"), "{message}");
    let message = refused(&mut Steep::counted(5.0), &path);
    assert!(message.contains("layer 2 is `nothing` in the file and `Softmax [2]` in the network"), "{message}");
    save(&Tiny::counted(0.0), &path).unwrap();
    let message = refused(&mut Bare::counted(5.0), &path);
    assert!(message.contains("the tensor `block.scale` [2] of the file is not in the network"), "{message}");
    assert!(load::<Bare>(&path).is_err());
    assert!(refused(&mut Bare::counted(5.0), &folder.path("none")).starts_with("cannot read"));
}

/// A file with this header and so many bytes of values.
fn write_raw(path: &Path, header: &str, bytes: usize) {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + bytes, 0);
    fs::write(path, file).unwrap();
}

#[test]
fn files_of_others_are_taken_if_their_tensors_fit() {
    let folder = Folder::new();
    let path = folder.path("file");
    let bias = r#""hidden.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#;
    let kernel = r#""hidden.kernel":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}"#;
    write_raw(&path, &format!("{{{bias},{kernel}}}"), 32);
    let mut net = Bare::counted(1.0);
    load_weights(&mut net, &path).unwrap();
    assert_eq!(net.weights, [0.0; 8]);

    write_raw(&path, &format!("{{{bias},{}}}", kernel.replace("F32", "I32")), 32);
    let message = refused(&mut Bare::counted(1.0), &path);
    assert!(message.contains("`hidden.kernel` holds I32, expected was F32"), "{message}");
    write_raw(&path, &format!("{{{bias}}}"), 8);
    let message = refused(&mut Bare::counted(1.0), &path);
    assert!(message.contains("does not say from which network"), "{message}");
    write_raw(&path, &format!("{{{bias},{bias}}}"), 8);
    refused(&mut Bare::counted(1.0), &path);
}

#[test]
fn every_cut_and_surplus_byte_is_an_error() {
    let folder = Folder::new();
    let path = folder.path("file");
    save(&Tiny::counted(0.0), &path).unwrap();
    let whole = fs::read(&path).unwrap();
    let mut net = Tiny::counted(7.0);
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let message = refused(&mut net, &path);
        assert!(message.contains("no safetensors file, or cut short"), "{end}: {message}");
    }
    fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    refused(&mut net, &path);
}

#[test]
fn a_damaged_header_is_never_a_panic() {
    let folder = Folder::new();
    let path = folder.path("file");
    save(&Bare::counted(0.0), &path).unwrap();
    let whole = fs::read(&path).unwrap();
    let header = whole.len() - 8 * 4;
    for place in 0..header {
        for damage in [1, 2, 4, 8, 16, 32, 64, 128, 0xff, whole[place] ^ b'"', whole[place] ^ b'9'] {
            let mut damaged = whole.clone();
            damaged[place] ^= damage;
            fs::write(&path, &damaged).unwrap();
            let mut net = Bare::counted(7.0);
            let loaded = load_weights(&mut net, &path);
            // What still loads has the right weights; what does not has left the network as it was.
            let begin = if loaded.is_ok() { 0.0 } else { 7.0 };
            assert_eq!(net.weights, Bare::counted(begin).weights, "{place} {damage}");
        }
    }
}

#[test]
fn more_tensors_and_texts_can_be_stored_with_the_weights() {
    let folder = Folder::new();
    let path = folder.path("checkpoint");
    let (net, moments) = (Bare::counted(2.0), [0.5f32; 8]);
    let more = |name: &str| vec![NamedTensor { name: name.into(), shape: Shape::new(&[8]), values: &moments }];
    save_with(&net, &path, more("optimizer.0"), &[("step", "12")]).unwrap();
    let mut other = Bare::counted(9.0);
    assert!(refused(&mut other, &path).contains("`optimizer.0`"));
    let mut file = read_tensors(&path).unwrap();
    let state = file.take("optimizer.");
    assert_eq!((state.len(), state[0].len(), file.metadata("step")), (1, 8, Some("12")));
    assign_weights(&mut other, &file).unwrap();
    let mut read = [0.0; 8];
    file.copy(&state[0], &mut read);
    assert_eq!((other.weights, read), (net.weights, moments));

    // A name that is taken is refused, and the old file stays.
    let before = fs::read(&path).unwrap();
    assert!(save_with(&net, &path, more("hidden.bias"), &[]).is_err());
    assert!(save_with(&net, &path, more("__metadata__"), &[]).is_err());
    assert_eq!((fs::read(&path).unwrap(), folder.files()), (before, 1));
}

#[test]
fn forty_megabytes_do_not_pass_over_the_stack() {
    let folder = Folder::new();
    let path = folder.path("large");
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
        let mut net = boxed_zeroed::<Large>();
        net.weights[9_999_999] = 3.0;
        save(&*net, &path).unwrap();
        load::<Large>(&path).unwrap().weights[9_999_999]
    });
    assert_eq!(thread.unwrap().join().unwrap(), 3.0);
}
