;; The subtraction of the counter sets the flags of its branch: no comparison.
(module (import "env" "memory" (memory 0))
  (func $clear (param $p i32) (param $n i32)
    (loop $again
      (i32.store8 (i32.add (local.get $p) (local.get $n)) (i32.const 0))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
)
