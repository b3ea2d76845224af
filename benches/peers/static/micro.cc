// The tutorial network in TensorFlow Lite for Microcontrollers: `micro MODEL <INPUT >OUTPUT`, both of 32-bit floats.
#include <cstdio>

#include "tensorflow/lite/micro/kernels/all_ops_resolver.h"
#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

// All the memory there is: zeros until the program runs, so that the file holds none of it.
alignas(16) static unsigned char model[4 << 20];
alignas(16) static unsigned char arena[1 << 20];

int main(int count, char** arguments) {
  if (count != 2) return 1;
  FILE* file = fopen(arguments[1], "rb");
  if (!file || fread(model, 1, sizeof model, file) == 0) return 1;
#ifdef EVERY_OPERATION
  tflite::ops::micro::AllOpsResolver operations;
#else
  using namespace tflite::ops::micro;
  tflite::MicroMutableOpResolver<5> operations;
  operations.AddBuiltin(tflite::BuiltinOperator_CONV_2D, Register_CONV_2D());
  operations.AddBuiltin(tflite::BuiltinOperator_MAX_POOL_2D, Register_MAX_POOL_2D());
  operations.AddBuiltin(tflite::BuiltinOperator_RESHAPE, Register_RESHAPE());
  operations.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED, Register_FULLY_CONNECTED());
  operations.AddBuiltin(tflite::BuiltinOperator_SOFTMAX, Register_SOFTMAX());
#endif
  tflite::MicroErrorReporter errors;
  tflite::MicroInterpreter net(tflite::GetModel(model), operations, arena, sizeof arena, &errors);
  if (net.AllocateTensors() != kTfLiteOk) return 1;
  if (fread(net.typed_input_tensor<float>(0), sizeof(float), 28 * 28, stdin) != 28 * 28) return 1;
  if (net.Invoke() != kTfLiteOk) return 1;
  return fwrite(net.typed_output_tensor<float>(0), sizeof(float), 10, stdout) == 10 ? 0 : 1;
}
