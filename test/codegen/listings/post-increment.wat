;; A pointer that moves on by its access: one LDR with write-back a round, no addition.
(module (import "env" "memory" (memory 0))
  (func $sum (param $p i32) (param $n i32) (result i32) (local $s i32)
    (loop $again
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func $farDown (param $p i32) (param $n i32) (result i32) (local $s i32)
    (loop $again
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.sub (local.get $p) (i32.const 255)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  (func $twiceFarUp (param $p i32) (param $n i32)
    (loop $again
      (i32.store8 (local.get $p) (i32.xor (i32.load8_u (local.get $p)) (i32.load8_u offset=1 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 255)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
)
