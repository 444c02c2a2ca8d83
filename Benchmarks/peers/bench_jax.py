"""Times one training step of a DNC written in JAX (jitted scan): the strongest thing one would write today on a CPU.

Needs JAX. Usage: bench_jax.py [--json] [--threads N] [--runs N] [copy|copy-wide|readme|large]...

The equations are those of the Nature paper, as in this project. Peak memory is that of the whole
process: measure one shape per process. Threads are set by confining the process to N processors.
"""
import argparse
import functools
import json
import os
import resource
import sys
import time

# batch, steps, input, hidden, layers, hidden layers, cells, cell size, heads, counted runs
SHAPES = {
    'copy': (32, 17, 6, 64, 1, 2, 32, 20, 4, 15),
    'copy-wide': (1000, 17, 6, 64, 1, 2, 32, 20, 4, 4),
    'readme': (10, 20, 64, 128, 4, 2, 100, 32, 4, 7),
    'large': (16, 40, 64, 256, 1, 1, 256, 64, 4, 4),
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('shapes', nargs='*', default=list(SHAPES), metavar='SHAPE')
parser.add_argument('--json', action='store_true')
parser.add_argument('--threads', type=int, default=2)
parser.add_argument('--runs', type=int)
options = parser.parse_args()
for shape in options.shapes:
    if shape not in SHAPES:
        parser.error(f'no shape {shape}: there are {", ".join(SHAPES)}')
if hasattr(os, 'sched_setaffinity'):  # before JAX counts the processors
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])

import jax
import jax.numpy as jnp
import numpy as np

DELTA = 1e-6


def content(M, k, b):  # M [B,N,W], k [B,R,W], b [B,R]
    dot = jnp.einsum('bnw,brw->brn', M, k)
    nm, nk = jnp.sqrt((M * M).sum(-1) + DELTA), jnp.sqrt((k * k).sum(-1) + DELTA)
    return jax.nn.softmax(dot / (nm[:, None] * nk[:, :, None] + DELTA) * b[..., None], -1)


def lstm(p, x, s):
    h, c = s
    i, f, z, o = jnp.split(x @ p['wi'] + h @ p['wh'] + p['b'], 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(z)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def memory_step(P, R, W, N, memory, out):
    M, u, p, L, wr, ww = memory
    B = out.shape[0]
    xi = out @ P['xi'] + P['xib']
    sizes = [R * W, R, W, 1, W, W, R, 1, 1]
    rk, rb, wk, wb, e, v, f, ga, gw, pi = jnp.split(xi, np.cumsum(sizes), -1)
    rk, rb = jnp.tanh(rk).reshape(B, R, W), 1 + jax.nn.softplus(rb)
    wk, wb = jnp.tanh(wk), 1 + jax.nn.softplus(wb)
    e, v, f = jax.nn.sigmoid(e), jnp.tanh(v), jax.nn.sigmoid(f)
    ga, gw, pi = jax.nn.sigmoid(ga), jax.nn.sigmoid(gw), jax.nn.softmax(pi.reshape(B, R, 3), -1)

    u = (u + ww - u * ww) * jnp.prod(1 - f[..., None] * wr, 1)
    ud = DELTA + (1 - DELTA) * u
    order = jnp.argsort(ud, -1)
    su = jnp.take_along_axis(ud, order, -1)
    a = (1 - su) * jnp.concatenate([jnp.ones((B, 1)), jnp.cumprod(su, -1)[:, :-1]], -1)
    a = jnp.take_along_axis(a, jnp.argsort(order, -1), -1)
    ww = gw * (ga * a + (1 - ga) * content(M, wk[:, None], wb)[:, 0])
    M = M * (1 - ww[:, :, None] * e[:, None]) + ww[:, :, None] * v[:, None]
    L = ((1 - ww[:, :, None] - ww[:, None]) * L + ww[:, :, None] * p[:, None]) * (1 - jnp.eye(N))
    p = (1 - ww.sum(-1, keepdims=True)) * p + ww
    fw, bw = jnp.einsum('bij,brj->bri', L, wr), jnp.einsum('bij,bri->brj', L, wr)
    wr = pi[..., 0:1] * bw + pi[..., 1:2] * fw + pi[..., 2:3] * content(M, rk, rb)
    return (M, u, p, L, wr, ww), jnp.einsum('brn,bnw->brw', wr, M).reshape(B, -1)


def step(P, R, W, N, state, x):  # all layers take turns on one memory
    controllers, memory, reads = state
    inp, after = jnp.concatenate([x, reads], -1), []
    for layer, hidden in zip(P['layers'], controllers):
        cells = []
        for cell, s in zip(layer, hidden):
            s = lstm(cell, inp, s)
            inp = s[0]
            cells.append(s)
        out = jnp.clip(inp, -20, 20)
        memory, reads = memory_step(P, R, W, N, memory, out)
        inp = jnp.concatenate([out, reads], -1)
        after.append(cells)
    return (after, memory, reads), inp @ P['y'] + P['yb']


def measure(shape, runs):
    """Seconds to compile and median seconds of a training step: forward, backward, clip, Adam."""
    B, T, I, H, layers, NH, N, W, R, default_runs = SHAPES[shape]
    keys = iter(jax.random.split(jax.random.PRNGKey(0), 128))
    n = lambda *s: jax.random.normal(next(keys), s) * .1
    z = jnp.zeros

    def cell(inputs):
        return dict(wi=n(inputs, 4 * H), wh=n(H, 4 * H), b=n(4 * H))

    P = dict(layers=[[cell(H if k else (H if l else I) + R * W) for k in range(NH)] for l in range(layers)],
             xi=n(H, R * W + 3 * W + 5 * R + 3), xib=n(R * W + 3 * W + 5 * R + 3), y=n(H + R * W, I), yb=n(I))
    start = ([[(z((B, H)), z((B, H))) for _ in range(NH)] for _ in range(layers)],
             (z((B, N, W)), z((B, N)), z((B, N)), z((B, N, N)), z((B, R, N)), z((B, N))), z((B, R * W)))
    x = (jax.random.uniform(next(keys), (T, B, I)) > .5).astype(jnp.float32)
    y = (jax.random.uniform(next(keys), (T, B, I)) > .5).astype(jnp.float32)

    def loss(P):
        _, o = jax.lax.scan(functools.partial(step, P, R, W, N), start, x)
        return jnp.mean(jnp.maximum(o, 0) - o * y + jnp.log1p(jnp.exp(-abs(o))))

    @jax.jit
    def update(P, m, v):
        l, g = jax.value_and_grad(loss)(P)
        norm = jnp.sqrt(sum((a * a).sum() for a in jax.tree.leaves(g)))
        g = jax.tree.map(lambda a: a * jnp.minimum(1, 50 / norm), g)
        m = jax.tree.map(lambda m, g: .9 * m + .1 * g, m, g)
        v = jax.tree.map(lambda v, g: .999 * v + .001 * g * g, v, g)
        return jax.tree.map(lambda p, m, v: p - 1e-3 * m / (jnp.sqrt(v) + 1e-8), P, m, v), m, v, l

    m = jax.tree.map(jnp.zeros_like, P)
    v, times = m, []
    for _ in range((runs or default_runs) + 1):
        t = time.perf_counter()
        P, m, v, l = update(P, m, v)
        l.block_until_ready()
        times.append(time.perf_counter() - t)
    return times[0], float(np.median(times[1:])), B


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else peak * 1024


if __name__ == '__main__':
    jnp.zeros(1).block_until_ready()
    baseline = peak_bytes()
    for shape in options.shapes:
        compile_seconds, seconds, batch = measure(shape, options.runs)
        result = dict(peer='jax', shape=shape, ms=seconds * 1e3, itemsPerSecond=batch / seconds, peakBytes=peak_bytes(),
                      baselineBytes=baseline, compileSeconds=compile_seconds, threads=options.threads,
                      version=f'JAX {jax.__version__}')
        if options.json:
            print(json.dumps(result), flush=True)
        else:
            print(f"{shape}: compiles in {compile_seconds:.1f} s, then {result['ms']:.1f} ms per training step, "
                  f"peak {result['peakBytes'] / 2**20:.0f} MiB", flush=True)
