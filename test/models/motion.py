# Judge of models/motion: its sample windows through TensorFlow Lite's and TFLite Micro's interpreters. argv: the folder;
# stdout: {"micro": [[int8 scores]], "lite": [[int8 scores]]}.
import base64
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tflite_micro.python.tflite_micro import runtime

folder = sys.argv[1]
with open(f"{folder}/samples.json") as file:
    windows = json.load(file)["windows"]
with open(f"{folder}/motion.tflite", "rb") as file:
    model = file.read()

lite = Interpreter(model_content=model)
lite.allocate_tensors()
(source,), (target,) = lite.get_input_details(), lite.get_output_details()
micro = runtime.Interpreter.from_bytes(model, arena_size=1 << 16)
answers = {"micro": [], "lite": []}
for window in windows:
    data = np.frombuffer(base64.b64decode(window["input"]), np.int8).reshape(source["shape"])
    lite.set_tensor(source["index"], data)
    lite.invoke()
    answers["lite"].append(lite.get_tensor(target["index"]).ravel().tolist())
    micro.set_input(data, 0)
    micro.invoke()
    answers["micro"].append(micro.get_output(0).ravel().tolist())
print(json.dumps(answers))
