"""The live page in a real browser, and its server under load. See Scripts/check-dashboard."""
import base64
import http.client
import json
import os
import random
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import numpy
from playwright.sync_api import sync_playwright

dnc, pictures = sys.argv[1:3]
os.makedirs(pictures, exist_ok=True)
folder = tempfile.mkdtemp()
processes = []


def start(*arguments):
    """Starts dnc and waits for the address of its page."""
    process = subprocess.Popen([dnc, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True)
    processes.append(process)
    for line in process.stdout:
        found = re.search(r'http://127\.0\.0\.1:(\d+)', line)
        if found:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, int(found[1])
    raise SystemExit(f'{arguments} gave no address')


def get(port, path, host=None):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    connection.request('GET', path, headers={'Host': host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def wait(page, expression, seconds=30):
    """Asks until it is true. Playwright's own way of waiting evaluates text in the page, which its policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"() => Boolean({expression})"):
        assert time.monotonic() < end, f"not within {seconds} s: {expression}"
        time.sleep(0.05)


def iteration(port):
    return json.loads(get(port, '/api/status')[1])['iteration']


def check_page(page, port):
    problems = []
    # the browser's advice about reading canvases is for this check itself
    page.on('console', lambda message: problems.append(message.text)
            if message.type in ('error', 'warning') and 'willReadFrequently' not in message.text else None)
    page.on('pageerror', lambda error: problems.append(str(error)))
    page.on('requestfailed', lambda request: problems.append(f'{request.url} failed'))
    page.on('request', lambda request: None if request.url.startswith(f'http://127.0.0.1:{port}/') else problems.append(request.url))
    page.goto(f'http://127.0.0.1:{port}/')
    wait(page, 'window.dashboard?.state.access && window.dashboard.state.metrics?.iteration.length > 20')

    before = page.evaluate('window.dashboard.state.metrics.iteration.at(-1)')
    wait(page, f'window.dashboard.state.metrics.iteration.at(-1) > {before} + 20')
    print('curves grow: from iteration', before, 'to', page.evaluate('window.dashboard.state.metrics.iteration.at(-1)'))

    # a newer example comes by itself
    first = page.evaluate('window.dashboard.state.example.id')
    wait(page, f'window.dashboard.state.example.id > {first}')
    page.check('#hold')

    # the slider shows the accesses one by one, with the values that the server has
    rows = page.evaluate('window.dashboard.state.example.memory.rows')
    for row in (0, rows // 2, rows - 1):
        page.evaluate(f"(() => {{ const s = document.getElementById('slider'); s.value = {row}; s.dispatchEvent(new Event('input')); }})()")
        wait(page, f'window.dashboard.state.row === {row} && window.dashboard.state.access.row === {row}')
        assert page.text_content('#access figcaption') == f'Memory after step {row}', page.text_content('#access figcaption')
        assert page.text_content('#place') == f'step {row}', page.text_content('#place')
    page.focus('#slider')
    page.keyboard.press('ArrowLeft')
    wait(page, f'window.dashboard.state.row === {rows - 2}')

    # what a canvas shows is what the map says, pixel by pixel: the color in the middle of some
    # cells
    checked = page.evaluate('''() => {
      const {views} = window.dashboard, wrong = [];
      let count = 0;
      for (const view of views.courses) {
        const pen = view.canvas.getContext('2d'), scale = window.devicePixelRatio, {left, top, width, height} = view.box;
        for (let row = 0; row < view.map.rows; row += 5) for (let column = 0; column < view.map.columns; column += 3) {
          if (column === view.mark) continue;
          const x = (left + (column + 0.5) * width / view.map.columns) * scale, y = (top + (row + 0.5) * height / view.map.rows) * scale;
          const drawn = pen.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
          const wanted = view.picture.getContext('2d').getImageData(column, row, 1, 1).data;
          count++;
          if ([0, 1, 2].some(i => Math.abs(drawn[i] - wanted[i]) > 2)) wrong.push([view.map.key, row, column]);
        }
      }
      return {count, wrong};
    }''')
    assert checked['count'] > 100 and not checked['wrong'], checked
    print('heat maps: the colors of', checked['count'], 'cells are right')

    # a map reads values off by the keyboard, a curve too
    page.evaluate('window.dashboard.views.courses[1].canvas.focus()')
    for key in ('ArrowDown', 'ArrowDown', 'ArrowRight'):
        page.keyboard.press(key)
    assert re.search(r'cell \d+, time step \d+: ', page.text_content('#reading')), page.text_content('#reading')
    page.focus('#curves canvas')
    page.keyboard.press('Home')
    assert 'iteration' in page.get_attribute('#curves canvas', 'aria-label')
    assert re.match(r'Loss, iteration \d+: ', page.text_content('#curve-reading')), page.text_content('#curve-reading')

    # by keyboard alone to the early part of the run; what is the browser's is left to it
    for _ in range(3):
        page.keyboard.press('+')
    wait(page, 'window.dashboard.state.range?.[0] > 0')
    for _ in range(40):
        page.keyboard.press('Shift+ArrowLeft')
    wait(page, 'window.dashboard.state.range[0] === 0')
    assert page.text_content('#curve-reading').startswith('Iterations 0 to '), page.text_content('#curve-reading')
    kept = page.evaluate('''() => {
      const {range} = window.dashboard.state;
      const free = (canvas, init) => canvas.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...init}));
      const curve = document.querySelector('#curves canvas'), map = window.dashboard.views.courses[1].canvas;
      return [free(curve, {key: '-', ctrlKey: true}), free(curve, {key: '+', metaKey: true}), free(curve, {key: 'ArrowLeft', altKey: true}),
        free(map, {key: 'ArrowLeft', altKey: true}), range === window.dashboard.state.range, !free(curve, {key: 'End'})];
    }''')
    assert all(kept), kept
    page.click('#zoom-all')
    wait(page, 'window.dashboard.state.range === null')
    page.uncheck('#log')
    page.check('#log')
    return problems


def look(browser, port):
    for name, width, height, scheme in (('wide-light', 1280, 900, 'light'), ('wide-dark', 1280, 900, 'dark'), ('narrow', 360, 740, 'light')):
        context = browser.new_context(viewport={'width': width, 'height': height}, color_scheme=scheme)
        page = context.new_page()
        problems = check_page(page, port)
        overflow = page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        assert overflow <= 0, f'{name}: {overflow} pixels too wide'
        page.screenshot(path=f'{pictures}/{name}.png', full_page=True)
        assert not problems, problems
        print(name, 'is in', f'{pictures}/{name}.png')
        context.close()


def check_trace(port, run):
    """dnc watch shows the values that dnc evaluate --trace writes for the same example."""
    get(port, '/api/status')
    for _ in range(100):
        status, body = get(port, '/api/example')
        get(port, '/api/status')
        if status == 200:
            break
        time.sleep(0.2)
    example = json.loads(body)
    subprocess.run([dnc, 'evaluate', run, '--sequences', '1', '--factor', '1', '--trace', 'trace.npz'], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    trace = numpy.load(f'{folder}/trace.npz')
    maps = {entry['key']: entry for entry in example['memory']['courses']}
    for key in ('usage_vector', 'precedence', 'write_weights'):
        values = numpy.frombuffer(base64.b64decode(maps[key]['values']), dtype='<f4').reshape(maps[key]['rows'], maps[key]['columns'])
        assert numpy.array_equal(values.T, trace[key]), key
    row = example['memory']['rows'] - 1
    links = json.loads(get(port, f'/api/access?row={row}')[1])['links']
    assert numpy.array_equal(numpy.frombuffer(base64.b64decode(links['values']), dtype='<f4'), trace['link_matrix'][row])
    print('the page has the values of the trace')


def page_time(process):
    """Seconds of a processor that the page's threads have taken, and those of all threads."""
    page = total = found = 0
    for task in os.listdir(f'/proc/{process.pid}/task'):
        try:
            with open(f'/proc/{process.pid}/task/{task}/stat') as file:
                name, fields = re.fullmatch(r'\d+ \((.*)\) (.*)', file.read().strip()).groups()
        except FileNotFoundError:
            continue
        seconds = sum(map(int, fields.split()[11:13])) / os.sysconf('SC_CLK_TCK')
        total += seconds
        if name.startswith('dashboard'):
            page += seconds
            found += 1
    assert found, 'no thread is named after the page'
    return page, total


def memory_of(process):
    with open(f'/proc/{process.pid}/status') as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read())[1])


def load(port, process, seconds):
    """50 clients, of which some read slowly, some never, and some stop in the middle of a request."""
    end = time.monotonic() + seconds
    answered = [0]
    failures = []

    def reader():
        while time.monotonic() < end:
            try:
                status, _ = get(port, random.choice(['/', '/api/status', '/api/metrics?points=1500', '/api/example', '/page.js']))
                assert status == 200, status
                answered[0] += 1
            except Exception as error:
                failures.append(repr(error))
            time.sleep(0.2)

    def slow():
        while time.monotonic() < end:
            with socket.create_connection(('127.0.0.1', port), 5) as s:
                s.sendall(b'GET /api/metrics?points=2000 HTTP/1.1\r\nHost: localhost\r\n\r\n' * 20)
                while time.monotonic() < end:
                    try:
                        if not s.recv(16):
                            break
                    except OSError:
                        break
                    time.sleep(0.05)

    def half_open():
        while time.monotonic() < end:
            try:
                with socket.create_connection(('127.0.0.1', port), 5) as s:
                    s.sendall(b'GET / HTTP/1.1\r\nHo')
                    time.sleep(min(3, max(0, end - time.monotonic())))
            except OSError:
                pass

    threads = [threading.Thread(target=target) for target, count in ((reader, 10), (slow, 20), (half_open, 20)) for _ in range(count)]
    start = iteration(port)
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = iteration(port) - start
    took = time.monotonic() - began
    assert not failures, failures[:3]
    print(f'50 clients for {took:.0f} s: {answered[0]} answers, {done / took:.1f} iterations per second')
    return done / took


def malformed(port, count):
    """Garbage gets a refusal or a closed connection, never silence or a 200."""
    statuses = {}
    request = b'GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
    for number in range(count):
        kind = number % 6
        if kind == 0:
            data = bytes(random.randrange(256) for _ in range(random.randrange(1, 200))) + b'\r\n\r\n'
        elif kind == 1:
            data = b'GET /' + b'a' * 4000
        elif kind == 2:
            data = b'GET / HTTP/1.1\r\n' + b'x: y\r\n' * 3000
        elif kind == 3:
            data = b'DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
        elif kind == 4:
            data = b'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
        else:
            data = bytearray(request)
            data[random.randrange(20)] = random.randrange(256)
            data = bytes(data)
        with socket.create_connection(('127.0.0.1', port), 15) as s:
            try:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b''
            try:
                while part := s.recv(65536):
                    answer += part
            except ConnectionResetError:
                pass
        status = answer[9:12].decode() if answer.startswith(b'HTTP/1.1 ') else 'closed'
        statuses.setdefault(kind, {}).setdefault(status, 0)
        statuses[kind][status] += 1
    assert set(statuses[1]) == {'414'} and set(statuses[2]) == {'431'}, statuses
    assert set(statuses[3]) == {'405'} and set(statuses[4]) == {'421'}, statuses
    assert '200' not in statuses[0] and set(statuses[0]) <= {'400', '405', 'closed'}, statuses
    print(f'{count} malformed requests:', statuses)


try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    train = ['train', 'copy', '--run-folder', 'run', '--iterations', '1000000', '--seed', '1', '--workers', '1', '--batch-size', '16', '--mem-slot', '32', '--dashboard=0']
    training, port = start(*train)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which('chromium'), args=['--no-sandbox'])
        look(browser, port)
        # one page open: what its threads take of a processor
        page = browser.new_page()
        page.goto(f'http://127.0.0.1:{port}/')
        wait(page, 'window.dashboard?.state.access')
        began, (used, _) = time.monotonic(), page_time(training)
        time.sleep(20)
        share = (page_time(training)[0] - used) / (time.monotonic() - began)
        assert share < 0.02, share
        print(f'with a page open its server takes {100 * share:.2f} % of a processor (not counting short-lived threads)')
        page.close()
        quiet = time.monotonic()
        first = iteration(port)
        time.sleep(10)
        speed = (iteration(port) - first) / (time.monotonic() - quiet)
        print(f'without clients: {speed:.1f} iterations per second')
        before = memory_of(training)
        load(port, training, int(os.environ.get('LOAD_SECONDS', '60')))
        malformed(port, 3000)
        grown = memory_of(training) - before
        assert grown < 30000, f'the process grew by {grown} KiB'
        assert training.poll() is None
        print(f'memory grew by {grown} KiB')

        # interrupted, resumed: the page of the new process has the history of the old one
        training.terminate()
        training.wait(30)
        done = int(re.search(r'"iteration":(\d+)', open(f'{folder}/run/metrics.jsonl').readlines()[-1])[1])
        training, port = start(*train, '--resume')
        for _ in range(100):
            series = json.loads(get(port, '/api/metrics')[1])
            if series['iteration']:
                break
            time.sleep(0.1)
        assert series['iteration'][0] < 200 and series['iteration'][-1] >= done * 0.9, (series['iteration'][:2], done)
        print('after a restart the history begins at iteration', series['iteration'][0])
        training.terminate()
        training.wait(30)

        watch, port = start('watch', 'run', '--port', '0')
        check_trace(port, 'run')
        page = browser.new_page()
        page.goto(f'http://127.0.0.1:{port}/')
        wait(page, 'window.dashboard?.state.access')
        watch.terminate()
        wait(page, "document.getElementById('state').textContent.startsWith('no connection')")
        print('a page whose server has gone says so')

        # another run at the same port: nothing of the first one stays, though both number their
        # examples from 1
        other = ['train', 'copy', '--run-folder', 'other', '--iterations', '5', '--seed', '1', '--batch-size', '4', '--mem-slot', '16']
        subprocess.run([dnc, *other], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        watch, again = start('watch', 'other', '--port', str(port))
        assert again == port, (again, port)
        wait(page, "window.dashboard.state.status.title === 'other' && window.dashboard.state.example?.memory.cells === 16")
        wait(page, 'window.dashboard.state.access && window.dashboard.state.metrics.iteration.length === 5')
        print('an open page takes up another run at its address')
        watch.terminate()
        browser.close()
    print('The live page is as it should be.')
finally:
    for process in processes:
        if process.poll() is None:
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)
