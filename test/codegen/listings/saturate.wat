;; min and max with powers of two: one SSAT.
(module (import "env" "memory" (memory 0))
  (func $clamp (param $x i32) (result i32) (local $y i32)
    (local.set $y (select (local.get $x) (i32.const -128) (i32.gt_s (local.get $x) (i32.const -128))))
    (select (local.get $y) (i32.const 127) (i32.lt_s (local.get $y) (i32.const 127))))
)
