;; A product of sign-extended words: one SMULL.
(module (import "env" "memory" (memory 0))
  (func $product (param $a i32) (param $b i32) (result i64)
    (i64.mul (i64.extend_i32_s (local.get $a)) (i64.extend_i32_s (local.get $b))))
)
