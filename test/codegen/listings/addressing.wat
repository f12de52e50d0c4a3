;; Base, scaled index and offset belong to the access.
(module (import "env" "memory" (memory 0))
  (func $scaled (param $p i32) (param $i i32) (result i32)
    (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
  (func $offset (param $p i32) (result i32)
    (i32.add (i32.load16_s offset=6 (local.get $p)) (i32.load8_u offset=3 (local.get $p))))
)
