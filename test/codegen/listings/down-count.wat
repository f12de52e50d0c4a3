;; The subtraction of the counter sets the flags of its branch: no comparison.
(module (import "env" "memory" (memory 0))
  (func $clear (param $p i32) (param $n i32)
    (loop $again
      (i32.store8 (i32.add (local.get $p) (local.get $n)) (i32.const 0))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $countedFirst (param $p i32) (param $n i32)
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $again (local.get $n))))
  (func $toFive (param $p i32) (param $n i32)
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (br_if $again (i32.ne (local.get $n) (i32.const 5)))))
  (func $toNegative (param $p i32) (param $n i32)
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (br_if $again (i32.ge_s (local.get $n) (i32.const 0)))))
  (func $byVariable (param $p i32) (param $n i32) (param $step i32)
    (loop $again
      (local.set $n (i32.sub (local.get $n) (local.get $step)))
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (br_if $again (local.get $n))))
)
