;; f32 in the FPU, or as calls of the runtime.
(module (import "env" "memory" (memory 0))
  (func $float (param $x f32) (param $y f32) (result f32) (f32.add (f32.mul (local.get $x) (local.get $y)) (f32.const 1)))
)
