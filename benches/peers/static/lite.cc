// The tutorial network in TensorFlow Lite: `lite MODEL <INPUT >OUTPUT`, both of 32-bit floats.
#include <cstdio>
#include <memory>

#include "tensorflow/lite/interpreter.h"
#include "tensorflow/lite/kernels/register.h"
#include "tensorflow/lite/model.h"

// The header that declares these is not among the crate's.
namespace tflite {
namespace ops {
namespace builtin {
TfLiteRegistration* Register_CONV_2D();
TfLiteRegistration* Register_MAX_POOL_2D();
TfLiteRegistration* Register_RESHAPE();
TfLiteRegistration* Register_FULLY_CONNECTED();
TfLiteRegistration* Register_SOFTMAX();
}  // namespace builtin
}  // namespace ops
}  // namespace tflite

int main(int count, char** arguments) {
  if (count != 2) return 1;
  auto model = tflite::FlatBufferModel::BuildFromFile(arguments[1]);
  if (!model) return 1;
#ifdef EVERY_OPERATION
  tflite::ops::builtin::BuiltinOpResolver operations;
#else
  using namespace tflite::ops::builtin;
  tflite::MutableOpResolver operations;
  operations.AddBuiltin(tflite::BuiltinOperator_CONV_2D, Register_CONV_2D());
  operations.AddBuiltin(tflite::BuiltinOperator_MAX_POOL_2D, Register_MAX_POOL_2D());
  operations.AddBuiltin(tflite::BuiltinOperator_RESHAPE, Register_RESHAPE());
  operations.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED, Register_FULLY_CONNECTED());
  operations.AddBuiltin(tflite::BuiltinOperator_SOFTMAX, Register_SOFTMAX());
#endif
  std::unique_ptr<tflite::Interpreter> net;
  if (tflite::InterpreterBuilder(*model, operations)(&net) != kTfLiteOk) return 1;
  if (net->AllocateTensors() != kTfLiteOk) return 1;
  if (fread(net->typed_input_tensor<float>(0), sizeof(float), 28 * 28, stdin) != 28 * 28) return 1;
  if (net->Invoke() != kTfLiteOk) return 1;
  return fwrite(net->typed_output_tensor<float>(0), sizeof(float), 10, stdout) == 10 ? 0 : 1;
}
