;; select is a comparison and one conditional move.
(module (import "env" "memory" (memory 0))
  (func $larger (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))
)
