;; A constant is one instruction, or a word behind the function.
(module (import "env" "memory" (memory 0))
  (func $constant (param $x i32) (result i32)
    (i32.xor (i32.add (local.get $x) (i32.const 0x12345678)) (i32.const 0x00ff00ff)))
)
