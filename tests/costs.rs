//! What `summary()` says that a network takes of a chip is true: the bytes of layers add up to those of the weights, and
//! the most that are in use at once are those of the workspace.

#[path = "common/networks.rs"]
mod networks;

use networks::{DsCnn, ResNet8, Tutorial};
use typednet::combine::Chain;
use typednet::cost::{Cost, Costs};
use typednet::network::LayerInfo;
use typednet::prelude::*;

network! {
    /// Blocks and networks in each other.
    struct Nested: [8, 8, 4] -> [3] {
        Conv2d(6, kernel = 3, padding = same, activation = tanh),
        concat {
            { Conv2d(8, kernel = 1, activation = relu), residual { Conv2d(5, kernel = 1), Tanh, Conv2d(8, kernel = 1) } },
            { AvgPool2d(3, stride = 1, padding = same), Conv2d(4, kernel = 1) },
            {},
        },
        add { { Conv2d(12, kernel = 1) }, { Conv2d(12, kernel = 3, padding = same) }, { Conv2d(12, kernel = 1), Tanh } },
        inner: repeat(2) { residual { concat { { Conv2d(3, kernel = 1) }, {} }, Conv2d(12, kernel = 1) }, Relu },
        Flatten,
        last: Network(Last),
    }
}

network! { struct Last: [768] -> [3] { Dense(20, activation = tanh), Dense(3) } }

/// The most bytes that are in use while a layer runs.
fn most(costs: &[Cost], around: usize) -> usize {
    let of = |cost: &Cost| {
        let own = cost.ram.map_or(0, |ram| around + ram);
        own.max(most(cost.children, around + cost.around))
    };
    costs.iter().map(of).max().unwrap_or(0)
}

/// Each layer has its costs, and so have those inside: the most of them is what the block around them states.
fn check_tree(layers: &[LayerInfo], costs: &[Cost]) {
    assert_eq!(layers.len(), costs.len());
    for (layer, cost) in layers.iter().zip(costs) {
        check_tree(layer.children, cost.children);
        let inside = most(cost.children, cost.around);
        assert!(inside <= cost.ram.unwrap_or(0), "{}: {cost:?}", layer.name);
        if ["repeat", "Network"].contains(&layer.kind) {
            assert_eq!(Some(inside), cost.ram, "{}", layer.name);
        }
    }
}

fn check_flash_of_floats(layers: &[LayerInfo], costs: &[Cost]) {
    for (layer, cost) in layers.iter().zip(costs) {
        assert_eq!(cost.flash, 4 * layer.parameters, "{}", layer.name);
        check_flash_of_floats(layer.children, cost.children);
    }
}

fn flash(costs: &Costs) -> usize {
    costs.layers.iter().map(|cost| cost.flash).sum()
}

fn check<N: typednet::quant::Quantizable>() {
    let costs = N::COSTS;
    assert_eq!((costs.weight_bytes, costs.workspace_bytes), (N::WEIGHT_BYTES, N::WORKSPACE_BYTES));
    check_tree(N::LAYERS, costs.layers);
    check_flash_of_floats(N::LAYERS, costs.layers);
    assert_eq!(flash(&costs), N::WEIGHT_BYTES);
    assert_eq!(most(costs.layers, 0), N::WORKSPACE_LOWER_BOUND);

    let costs = N::INT8_COSTS.unwrap();
    let bytes = (Quantized::<N>::WEIGHT_BYTES, Quantized::<N>::WORKSPACE_BYTES);
    assert_eq!((costs.weight_bytes, costs.workspace_bytes), bytes);
    check_tree(N::LAYERS, costs.layers);
    // What belongs to no layer: scale and zero point of input and output, in words, and up to a word after a table.
    assert!((16..32).contains(&(costs.weight_bytes - flash(&costs))), "{} {}", costs.weight_bytes, flash(&costs));
    assert_eq!(most(costs.layers, 0), Quantized::<N>::WORKSPACE_LOWER_BOUND);
    // Both tables fit a terminal.
    assert!(N::summary().to_string().lines().all(|line| line.chars().count() <= 120), "{}", N::summary());
}

#[test]
fn bytes_add_up() {
    check::<Tutorial>();
    check::<DsCnn>();
    check::<ResNet8>();
    check::<Nested>();
    check::<Box<Nested>>();
}

#[test]
fn a_summary_shows_both_forms() {
    let expected = "\
What one inference takes, in bytes of weights and of workspace:
┌─────────────────────┬─────────┬───────────┬─────────┬────────────┬──────────┐
│ Layer (kind)        │    MACs │ f32 flash │ f32 RAM │ int8 flash │ int8 RAM │
├─────────────────────┼─────────┼───────────┼─────────┼────────────┼──────────┤
│ conv (Conv2d)       │ 194,688 │     1,280 │  21,632 │        680 │    5,408 │
│ pool (MaxPool2d)    │       0 │         0 │       - │          0 │        - │
│ flatten_1 (Flatten) │       0 │         0 │       - │          0 │        - │
│ hidden (Dense)      │ 692,224 │ 2,769,408 │  22,144 │    693,768 │    5,536 │
│ digit (Dense)       │   1,280 │     5,160 │     552 │      1,420 │      138 │
├─────────────────────┼─────────┼───────────┼─────────┼────────────┼──────────┤
│ Total               │ 888,192 │ 2,775,848 │  22,144 │    695,884 │    5,536 │
└─────────────────────┴─────────┴───────────┴─────────┴────────────┴──────────┘
";
    let summary = Tutorial::summary();
    assert_eq!(summary.to_string(), format!("{}{expected}", summary.table()));
}

#[test]
fn an_int8_network_has_a_summary() {
    let expected = "\
Quantized<Last>: [768] -> [3]
┌─────────────────┬────────┬────────────┬──────────┐
│ Layer (kind)    │   MACs │ int8 flash │ int8 RAM │
├─────────────────┼────────┼────────────┼──────────┤
│ dense_1 (Dense) │ 15,360 │     15,864 │       20 │
│ dense_2 (Dense) │     60 │        104 │       23 │
├─────────────────┼────────┼────────────┼──────────┤
│ Total           │ 15,420 │     15,984 │       24 │
└─────────────────┴────────┴────────────┴──────────┘
";
    assert_eq!(Quantized::<Last>::summary().to_string(), expected);
    assert_eq!(Quantized::<Last>::COSTS.layers[0].ram, Some(20));
}

/// What has no int8 form shows floats alone; what is inside is shown with the bytes in use around it.
#[test]
fn a_combination_is_of_floats() {
    type Twice = Chain<Last, Back>;
    network! { struct Back: [3] -> [2] { Dense(4), Dense(2) } }
    let expected = "\
┌───────────────────┬────────┬───────────┬─────────┐
│ Layer (kind)      │   MACs │ f32 flash │ f32 RAM │
├───────────────────┼────────┼───────────┼─────────┤
│ first (Last)      │ 15,420 │    61,772 │      92 │
│   dense_1 (Dense) │ 15,360 │    61,520 │      80 │
│   dense_2 (Dense) │     60 │       252 │      92 │
│ second (Back)     │     20 │       104 │      36 │
│   dense_1 (Dense) │     12 │        64 │      28 │
│   dense_2 (Dense) │      8 │        40 │      36 │
├───────────────────┼────────┼───────────┼─────────┤
│ Total             │ 15,440 │    61,876 │      92 │
└───────────────────┴────────┴───────────┴─────────┘
";
    assert!(Twice::summary().to_string().ends_with(expected), "{}", Twice::summary());
}

network! {
    struct Mlp: [64] -> [10] { hidden: Dense(32, activation = relu), digit: Dense(10, activation = softmax) }
}

/// The page on firmware shows the table as it is.
#[test]
fn the_page_is_up_to_date() {
    let (summary, page) = (Mlp::summary().to_string(), include_str!("../docs/firmware.md"));
    let (_, costs) = summary.split_once("Workspace:   168 bytes\n").unwrap();
    assert!(page.contains(costs), "{costs}");
}

/// The totals are the sizes of the `static`s in `examples/firmware`, as `nm --print-size` shows them.
#[test]
fn totals_are_the_sizes_of_linked_programs() {
    assert_eq!((Mlp::COSTS.weight_bytes, Quantized::<Mlp>::COSTS.weight_bytes), (0x25a8, 0xb64));
    assert_eq!((DsCnn::COSTS.weight_bytes, Quantized::<DsCnn>::COSTS.weight_bytes), (0x17c30, 0x7208));
}
