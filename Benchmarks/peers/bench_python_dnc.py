"""Times one training step of the Python package on PyTorch.

Needs PyTorch and `pip install --no-deps dnc==1.1.0`.
Usage: bench_python_dnc.py [--json] [--threads N] [--runs N] [copy|copy-wide|readme|large]...

Peak memory is that of the whole process: measure one shape per process.
"""
import argparse
import json
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from dnc import DNC

SHAPES = {  # batch, steps, input, arguments, counted runs
    'copy': (32, 17, 6, dict(hidden_size=64, num_layers=1, num_hidden_layers=2, nr_cells=32, cell_size=20, read_heads=4), 15),
    'copy-wide': (1000, 17, 6, dict(hidden_size=64, num_layers=1, num_hidden_layers=2, nr_cells=32, cell_size=20, read_heads=4), 5),
    'readme': (10, 20, 64, dict(hidden_size=128, num_layers=4, num_hidden_layers=2, nr_cells=100, cell_size=32, read_heads=4), 7),
    'large': (16, 40, 64, dict(hidden_size=256, num_layers=1, num_hidden_layers=1, nr_cells=256, cell_size=64, read_heads=4), 5),
}


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else peak * 1024


def measure(shape, runs):
    """Median seconds of a training step: forward, backward, clip by global norm, Adam."""
    B, T, I, arguments, default_runs = SHAPES[shape]
    torch.manual_seed(0)
    net = DNC(input_size=I, gpu_id=-1, **arguments)
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, y = (torch.rand(B, T, I) > .5).float(), (torch.rand(B, T, I) > .5).float()
    times = []
    for i in range((runs or default_runs) + 1):
        start = time.perf_counter()
        opt.zero_grad()
        out, _ = net(x, (None, None, None), reset_experience=True)
        F.binary_cross_entropy_with_logits(out, y).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 50.)
        opt.step()
        if i:  # the first is the warm-up
            times.append(time.perf_counter() - start)
    return statistics.median(times), B


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('shapes', nargs='*', default=list(SHAPES), metavar='SHAPE')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--runs', type=int)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    baseline = peak_bytes()
    if not options.json:
        print('PyTorch', torch.__version__, 'threads', torch.get_num_threads())
    for shape in options.shapes:
        if shape not in SHAPES:
            parser.error(f'no shape {shape}: there are {", ".join(SHAPES)}')
        seconds, batch = measure(shape, options.runs)
        result = dict(peer='pytorch-dnc', shape=shape, ms=seconds * 1e3, itemsPerSecond=batch / seconds,
                      peakBytes=peak_bytes(), baselineBytes=baseline, threads=torch.get_num_threads(),
                      version=f'dnc 1.1.0, PyTorch {torch.__version__}')
        if options.json:
            print(json.dumps(result), flush=True)
        else:
            print(f"{shape}: {result['ms']:.1f} ms per training step, peak {result['peakBytes'] / 2**20:.0f} MiB", flush=True)
