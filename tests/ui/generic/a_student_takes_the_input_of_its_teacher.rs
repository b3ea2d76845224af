use typednet::combine::SameInput;
use typednet::prelude::*;

network! { struct Teacher: [28, 28, 1] -> [10] { Flatten, Dense(10) } }
network! { struct Student: [14, 14, 1] -> [10] { Flatten, Dense(10) } }

fn distill<A: Network, B: SameInput<A>>(_teacher: &A, _student: &mut B) {}

fn main() {
    distill(&*Teacher::boxed(1), &mut *Student::boxed(2));
}
