;; a + x y is MLA, a - x y is MLS.
(module (import "env" "memory" (memory 0))
  (func $add (param $a i32) (param $x i32) (param $y i32) (result i32)
    (i32.add (local.get $a) (i32.mul (local.get $x) (local.get $y))))
  (func $subtract (param $a i32) (param $x i32) (param $y i32) (result i32)
    (i32.sub (local.get $a) (i32.mul (local.get $x) (local.get $y))))
)
