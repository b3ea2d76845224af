// Classifies the samples of the firmware with the module, as a page would: node run.mjs MODULE SAMPLES
// Prints what `examples/firmware` prints for them, bit for bit.
import { readFileSync } from "node:fs";

const [module, samples] = process.argv.slice(2).map((path) => readFileSync(path));
const { instance } = await WebAssembly.instantiate(module);
const { memory, image, classify } = instance.exports;

for (let sample = 0; sample * 64 < samples.length; sample++) {
  const pixels = new Float32Array(memory.buffer, image(), 64);
  pixels.forEach((_, index) => (pixels[index] = samples[sample * 64 + index] / 16));
  const place = classify();
  const probabilities = new Float32Array(memory.buffer, place, 10);
  const bits = Array.from(new Uint32Array(memory.buffer, place, 10), (word) => word.toString(16).padStart(8, "0"));
  const best = probabilities.indexOf(Math.max(...probabilities));
  console.log(`sample ${sample}: class ${best}, outputs ${bits.join(" ")}`);
}
