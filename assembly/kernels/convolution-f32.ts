// Convolutions in binary32 (CONV_2D with groups, DEPTHWISE_CONV_2D, FULLY_CONNECTED as a 1×1 convolution over rows), and the
// hybrid form: float input, int8 weights. Products are added in the order ky, kx, ic, then the bias, then the clamp: the order
// of host/graph/convolution.ts, so the bits agree.
//
//   weights  [oc][ky][kx][ic of the group], f32 or int8       bias  f32, one a channel
//
// Hybrid: each batch is quantised as it arrives (host/graph/dynamic.ts), summed exactly, scaled back by scale · scales[oc].

/** Σ over the window; positions outside the input add nothing. X, W: element types; S: f32 or i32. */
// @ts-ignore: decorator
@inline
function windowSum<X, W, S>(
  image: usize, weights: usize, iy: i32, ix: i32, ih: i32, iw: i32, ic: i32, depth: i32,
  kh: i32, kw: i32, dh: i32, dw: i32,
): S {
  let sum = <S>0;
  let ky = 0;
  do {
    const y = iy + ky * dh;
    if (<u32>y < <u32>ih) {
      let kx = 0;
      do {
        const x = ix + kx * dw;
        if (<u32>x < <u32>iw) {
          let from = image + (y * iw + x) * ic * sizeof<X>();
          let w = weights + (ky * kw + kx) * depth * sizeof<W>();
          let n = depth;
          do {
            sum += <S>load<X>(from) * <S>load<W>(w);
            from += sizeof<X>();
            w += sizeof<W>();
          } while (--n);
        }
        kx += 1;
      } while (kx < kw);
    }
    ky += 1;
  } while (ky < kh);
  return sum;
}

// @ts-ignore: decorator
@inline
function clampFloat(value: f32, low: f32, high: f32): f32 {
  const floor = value < low ? low : value;
  return floor > high ? high : floor;
}

/** out [batches, oh, ow, oc] ← in [batches, ih, iw, ic]; kernel, strides, dilations, padding, groups as conv2d_s8's. */
export function convolution_f32(
  out: usize, image: usize, weights: usize, bias: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32, low: f32, high: f32,
): void {
  const depth = ic / groups;
  const channels = oc / groups;
  let batch = batches;
  do {
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let b = bias;
        let group = image;
        let g = groups;
        do {
          let n = channels;
          do {
            const sum = windowSum<f32, f32, f32>(
              group, w, oy * sh - top, ox * sw - left, ih, iw, ic, depth, kh, kw, dh, dw,
            );
            store<f32>(out, clampFloat(sum + load<f32>(b), low, high));
            out += 4;
            b += 4;
            w += (kh * kw * depth) << 2;
          } while (--n);
          group += depth << 2;
        } while (--g);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += (ih * iw * ic) << 2;
  } while (--batch);
}

/** Halves away from zero; |x| < 2^24. */
// @ts-ignore: decorator
@inline
function roundAway(x: f32): i32 {
  const whole = <i32>x;
  const rest = x - <f32>whole;
  if (rest >= <f32>0.5) return whole + 1;
  return rest <= <f32>-0.5 ? whole - 1 : whole;
}

/** n floats → int8, symmetric; returns the scale. */
// @ts-ignore: decorator
@inline
function quantizeRow(to: usize, from: usize, n: i32): f32 {
  let range: f32 = 0;
  let i = 0;
  do {
    const size = abs<f32>(load<f32>(from + (i << 2)));
    if (size > range) range = size;
    i += 1;
  } while (i < n);
  const inverse: f32 = range > 0 ? <f32>127 / range : 0;
  i = 0;
  do {
    const q = roundAway(load<f32>(from + (i << 2)) * inverse);
    store<i8>(to + i, q > 127 ? 127 : q < -127 ? -127 : q);
    i += 1;
  } while (i < n);
  return range > 0 ? range / <f32>127 : 1;
}

/** As convolution_f32, int8 weights; scales: f32, one a channel; scratch: ih · iw · ic bytes. */
export function convolution_hybrid(
  out: usize, image: usize, weights: usize, bias: usize, scales: usize, scratch: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32, low: f32, high: f32,
): void {
  const depth = ic / groups;
  const channels = oc / groups;
  let batch = batches;
  do {
    const scale = quantizeRow(scratch, image, ih * iw * ic);
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let channel: usize = 0;
        let group = scratch;
        let g = groups;
        do {
          let n = channels;
          do {
            const sum = windowSum<i8, i8, i32>(
              group, w, oy * sh - top, ox * sw - left, ih, iw, ic, depth, kh, kw, dh, dw,
            );
            const scaled = <f32>sum * (scale * load<f32>(scales + channel));
            store<f32>(out, clampFloat(scaled + load<f32>(bias + channel), low, high));
            out += 4;
            channel += 4;
            w += kh * kw * depth;
          } while (--n);
          group += depth;
        } while (--g);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += (ih * iw * ic) << 2;
  } while (--batch);
}
