//! Powers and logarithms to the last bit as Go's `math` package computes them, where its ways differ from the C library's.

#![allow(clippy::excessive_precision, reason = "the constants with all digits that Go gives")]

/// `math.Log`
pub(super) fn log(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    const L: [f64; 7] = [
        6.666_666_666_666_735_130e-01,
        3.999_999_999_940_941_908e-01,
        2.857_142_874_366_239_149e-01,
        2.222_219_843_214_978_396e-01,
        1.818_357_216_161_805_012e-01,
        1.531_383_769_920_937_332e-01,
        1.479_819_860_511_658_591e-01,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut fraction, mut exponent) = libm::frexp(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(exponent);
    let [l1, l2, l3, l4, l5, l6, l7] = L;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)));
    let even = s4 * (l2 + s4 * (l4 + s4 * l6));
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + (odd + even)) + k * LN2_LOW)) - f)
}

/// `math.Log2`: exact for powers of two.
pub(super) fn log2(x: f64) -> f64 {
    let (fraction, exponent) = libm::frexp(x);
    if fraction == 0.5 {
        return f64::from(exponent - 1);
    }
    log(fraction) * std::f64::consts::LOG2_E + f64::from(exponent)
}

/// `math.Log10`
pub(super) fn log10(x: f64) -> f64 {
    log(x) * std::f64::consts::LOG10_E
}

/// `math.Exp` as it is on amd64 with fused multiplication and addition: the argument brought to 1/16, a series, squares.
pub(super) fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOW: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    /// From the eighth derivative to the first.
    const SERIES: [f64; 7] = [
        1.984_126_984_126_984_127_0e-4,
        1.388_888_888_888_888_888_9e-3,
        8.333_333_333_333_333_333_3e-3,
        4.166_666_666_666_666_666_7e-2,
        1.666_666_666_666_666_666_7e-1,
        0.5,
        1.0,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > 7.097_827_128_933_84e+02 {
        return f64::INFINITY;
    }
    if x < -746.0 {
        return 0.0;
    }
    let whole = (x * std::f64::consts::LOG2_E).round_ties_even();
    let rest = (-whole).mul_add(LN2_LOW, (-whole).mul_add(LN2_HIGH, x)) * 0.0625;
    let series = SERIES.iter().fold(2.480_158_730_158_730_158_7e-5_f64, |sum, term| sum.mul_add(rest, *term));
    let mut power = rest * series;
    for _ in 0..3 {
        power *= power + 2.0;
    }
    power = (power + 2.0).mul_add(power, 1.0);
    #[allow(clippy::cast_possible_truncation, reason = "at most 1077")]
    libm::ldexp(power, whole as i32)
}

/// `math.Exp2`
pub(super) fn exp2(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    const P: [f64; 5] = [
        1.666_666_666_666_666_574_15e-01,
        -2.777_777_777_701_559_338_42e-03,
        6.613_756_321_437_934_361_17e-05,
        -1.653_390_220_546_525_153_90e-06,
        4.138_136_797_057_238_460_39e-08,
    ];
    if x.is_nan() {
        return x;
    }
    if x > 1.023_999_999_999_999_9e+03 {
        return f64::INFINITY;
    }
    if x < -1.0740e+03 {
        return 0.0;
    }
    #[allow(clippy::cast_possible_truncation, reason = "at most 1074")]
    let k = (if x > 0.0 { x + 0.5 } else { x - 0.5 }) as i32;
    let t = x - f64::from(k);
    let (high, low) = (t * LN2_HIGH, -t * LN2_LOW);
    let r = high - low;
    let t = r * r;
    let [p1, p2, p3, p4, p5] = P;
    let c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
    let y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    libm::ldexp(y, k)
}

/// `math.Pow`
pub(super) fn pow(x: f64, y: f64) -> f64 {
    if let Some(special) = special_power(x, y) {
        return special;
    }
    let magnitude = y.abs();
    let (mut whole, mut fraction) = (magnitude.trunc(), magnitude.fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9_223_372_036_854_775_808.0 {
        return match x {
            -1.0 => 1.0,
            _ if (x.abs() < 1.0) == (y > 0.0) => 0.0,
            _ => f64::INFINITY,
        };
    }
    let (mut result, mut exponent) = (1.0, 0_i32);
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * log(x));
    }
    let (mut square, mut power) = libm::frexp(x);
    #[allow(clippy::cast_possible_truncation, reason = "less than 2^63")]
    let mut bits = whole as i64;
    while bits != 0 {
        if !(-4096..=4096).contains(&power) {
            exponent = exponent.saturating_add(power);
            break;
        }
        if bits & 1 == 1 {
            result *= square;
            exponent = exponent.saturating_add(power);
        }
        square *= square;
        power *= 2;
        if square < 0.5 {
            square += square;
            power -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        exponent = exponent.saturating_neg();
    }
    libm::ldexp(result, exponent)
}

fn special_power(x: f64, y: f64) -> Option<f64> {
    let is_odd = y.abs() < 9_007_199_254_740_992.0 && y.fract() == 0.0 && y % 2.0 != 0.0;
    Some(if y == 0.0 || x == 1.0 {
        1.0
    } else if y == 1.0 {
        x
    } else if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == 0.0 {
        match (y < 0.0, x.is_sign_negative() && is_odd) {
            (true, true) => f64::NEG_INFINITY,
            (true, false) => f64::INFINITY,
            (false, true) => x,
            (false, false) => 0.0,
        }
    } else if y.is_infinite() {
        match x {
            -1.0 => 1.0,
            _ if (x.abs() < 1.0) == (y > 0.0) => 0.0,
            _ => f64::INFINITY,
        }
    } else if x == f64::NEG_INFINITY {
        return Some(pow(-0.0, -y));
    } else if x.is_infinite() {
        if y < 0.0 { 0.0 } else { f64::INFINITY }
    } else if y == 0.5 {
        x.sqrt()
    } else if y == -0.5 {
        1.0 / x.sqrt()
    } else {
        return None;
    })
}
