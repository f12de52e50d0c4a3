;; Counted loops: written out whole where they are small, in copies where they are not, gone where they run once.
(module (import "env" "memory" (memory 0))
  (func $whole (param $p i32) (result i32) (local $n i32) (local $sum i32)
    (local.set $n (i32.const 3))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $inCopies (param $p i32) (result i32) (local $n i32) (local $sum i32)
    (local.set $n (i32.const 64))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func $once (param $p i32) (local $n i32)
    (local.set $n (i32.const 1))
    (loop $again
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $prime (param $p i32) (local $n i32)
    (local.set $n (i32.const 61))
    (loop $again
      (i32.store (local.get $p) (i32.load offset=4 (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $testedFirst (param $p i32) (local $n i32)
    (block $end
      (loop $again
        (br_if $end (i32.ge_u (local.get $n) (i32.const 6)))
        (i32.store8 (i32.add (local.get $p) (local.get $n)) (local.get $n))
        (local.set $n (i32.add (local.get $n) (i32.const 2)))
        (br $again))))
)
