# Judge of the reference arithmetic: TFLite Micro's interpreter, or where it cannot (or is known to be wrong) TFLite's with
# reference kernels, computes each model. stdin: JSON lines {"name", "model", "inputs": [file], "outputs": [file], "micro": bool};
# stdout: JSON lines {"name", "judge": "tflm" | "tflite" | null, "same": bool, "what": text}.
# Integers must be equal, floats within 1e-5 relative or 1e-6 of the largest magnitude.
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime


def micro(model, inputs, count):
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 22)
    for i, data in enumerate(inputs):
        detail = interpreter.get_input_details(i)
        interpreter.set_input(np.frombuffer(data, detail["dtype"]).reshape(detail["shape"]), i)
    interpreter.invoke()
    return [interpreter.get_output(i) for i in range(count)]


def lite(model, inputs, count):
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    for detail, data in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail["index"], np.frombuffer(data, detail["dtype"]).reshape(detail["shape"]))
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def difference(ours, theirs):
    got = np.frombuffer(ours, theirs.dtype).reshape(theirs.shape)
    if theirs.dtype.kind != "f":
        wrong = got != theirs
    else:
        largest = np.max(np.abs(theirs), initial=0)
        wrong = ~((np.abs(got - theirs) <= np.maximum(1e-5 * np.abs(theirs), 1e-6 * largest)) | (got == theirs))
    if not wrong.any():
        return None
    first = np.flatnonzero(wrong.ravel())[0]
    return f"element {first} is {got.ravel()[first]}, must be {theirs.ravel()[first]}; {wrong.sum()} of {wrong.size} differ"


def read(path):
    with open(path, "rb") as file:
        return file.read()


for line in sys.stdin:
    case = json.loads(line)
    model = read(case["model"])
    inputs = [read(path) for path in case["inputs"]]
    outputs = [read(path) for path in case["outputs"]]
    result = {"name": case["name"], "judge": None, "same": True, "what": ""}
    for judge, compute in [("tflm", micro), ("tflite", lite)]:
        if judge == "tflm" and not case["micro"]:
            continue
        try:
            answers = compute(model, inputs, len(outputs))
        except Exception as error:
            result["what"] += f"{judge}: {str(error)[:200]} "
            continue
        found = [difference(ours, theirs) for ours, theirs in zip(outputs, answers)]
        what = "; ".join(text for text in found if text)
        result |= {"judge": judge, "same": not what, "what": what}
        break
    print(json.dumps(result), flush=True)
