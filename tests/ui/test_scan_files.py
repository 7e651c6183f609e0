#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`coster scan FILE…` with files that are broken, huge by claim, cut off, or no files at all: each gets one line on stderr,
the others are read, the memory stays flat, and no display, home or configuration is needed. TAP. test_scan_files.py COSTER"""
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
coster = os.path.abspath(sys.argv[1])
folder = pathlib.Path(tempfile.mkdtemp(prefix='coster-scan-files-'))
GOOD = (ROOT / 'tests/data/scan/qr-link.jpg').read_bytes()
GOOD_GTIN = '14740001061084'
KIB_MAX = 160 * 1024


def put(name, data):
    path = os.path.join(os.fsencode(folder), os.fsencode(name) if isinstance(name, str) else name)
    with open(path, 'wb') as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def scan(*paths):
    """stdout's objects, stderr's lines, the status and the peak of memory in KiB. The environment is bare."""
    out, err = open(folder / '.out', 'w+b'), open(folder / '.err', 'w+b')
    child = subprocess.Popen([coster, 'scan', '--'] + list(paths), stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd='/',
                             env={'LC_ALL': 'C.UTF-8', 'HOME': '/nonexistent', 'PATH': '/nonexistent'})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    out.seek(0)
    err.seek(0)
    objects = [json.loads(line) for line in out.read().split(b'\n')[:-1]]
    lines = err.read().decode().split('\n')
    assert lines.pop() == '', lines
    out.close()
    err.close()
    return objects, lines, child.returncode, usage.ru_maxrss


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(width, height, depth, colour, pixels, more=b''):
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, 0)) + more +
            chunk(b'IDAT', pixels) + chunk(b'IEND', b''))


def tiff(width, height):
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200),
               (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 100)]
    return b'II*\0' + struct.pack('<IH', 8, len(entries)) + b''.join(struct.pack('<HHII', *entry) for entry in entries) + bytes(2000)


def jpeg_claiming(width, height):
    data = bytearray(GOOD)
    at = max(data.find(b'\xff\xc0'), data.find(b'\xff\xc2'))
    data[at + 5:at + 9] = struct.pack('>HH', height, width)
    return bytes(data)


def layered_jpeg():
    """More scans of many pixels than anything could need."""
    data = jpeg_claiming(7900, 7900)
    start = data.find(b'\xff\xda')
    return data[:start] + (data[start:start + 2] + data[start + 2:start + 2 + struct.unpack('>H', data[start + 2:start + 4])[0]]) * 60 + data[start:]


def laughs():
    entities = ''.join('<!ENTITY %s "%s">' % (chr(98 + i), ('&%s;' % chr(97 + i)) * 10) for i in range(9))
    return ('<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "lollollollol">%s]><svg xmlns="http://www.w3.org/2000/svg" width="10" '
            'height="10"><text>&j;</text></svg>' % entities)


def bombs():
    return {
        'claim.png': png(100000, 100000, 8, 2, zlib.compress(bytes(1000))),
        'most.png': png(2 ** 31 - 1, 2 ** 31 - 1, 16, 6, zlib.compress(b'')),
        'zero.png': png(0, 10, 8, 0, zlib.compress(b'')),
        'claim.jpg': jpeg_claiming(65000, 65000),
        'layers.jpg': layered_jpeg(),
        'claim.gif': b'GIF89a' + struct.pack('<HHBBB', 65535, 65535, 0x80, 0, 0) + bytes(6) + b',' + struct.pack('<HHHHB', 0, 0, 65535, 65535, 0) + b'\2\2\4\1\0;',
        'claim.bmp': b'BM' + struct.pack('<IHHI', 54, 0, 0, 54) + struct.pack('<IiiHHIIiiII', 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(1000),
        'claim.ppm': b'P6 60000 60000 255\n' + bytes(1000),
        'claim.tga': bytes([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + struct.pack('<HH', 60000, 60000) + bytes([24, 0]) + bytes(1000),
        'claim.tif': tiff(60000, 60000),
        'claim.xpm': '/* XPM */\nstatic char *a[]={\n"60000 60000 1 1",\n". c #000000",\n"%s"};\n' % ('.' * 1000),
        'claim.xbm': '#define a_width 60000\n#define a_height 60000\nstatic char a_bits[] = {\n0xff};\n',
        'claim.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"><rect width="9" height="9"/></svg>',
        'laughs.svg': laughs(),
    }


def test_bombs():
    paths = [put(name, data) for name, data in bombs().items()]
    good = put('good.jpg', GOOD)
    objects, lines, status, kib = scan(*paths, good)
    assert status == 3 and len(lines) == len(paths), (status, lines)
    assert all(line.startswith(os.fsdecode(path)) for line, path in zip(lines, paths)), lines
    assert [answer['gtin'] for answer in objects] == [GOOD_GTIN]
    assert kib < KIB_MAX, kib


def test_packed():
    """What unpacks to much more than the picture shows is read in the picture's own size."""
    packer = zlib.compressobj(9)
    stream = packer.compress(bytes(11 * 10)) + b''.join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    pixels = zlib.compress(bytes(11 * 10))
    comment = chunk(b'zTXt', b'Comment\0\0' + zlib.compress(b'A' * (100 << 20), 9))
    paths = [put('stream.png', png(10, 10, 8, 0, stream)), put('comment.png', png(10, 10, 8, 0, pixels, comment)),
             put('profile.png', png(10, 10, 8, 0, pixels, chunk(b'iCCP', b'p\0\0' + zlib.compress(bytes(100 << 20), 9))))]
    objects, lines, status, kib = scan(*paths)
    assert objects == [] and status in (3, 4) and kib < KIB_MAX, (status, lines, kib)


def test_frames():
    """Of an animation only the first frame is decoded."""
    packed = b'\x08' + b''.join(b'\xff' + bytes(255) for _ in range(20)) + b'\0'
    frame = b'!\xf9\4\4\x0a\0\0\0,' + struct.pack('<HHHHB', 0, 0, 3000, 3000, 0) + packed
    path = put('frames.gif', b'GIF89a' + struct.pack('<HHBBB', 3000, 3000, 0xf7, 0, 0) + bytes(768) + frame * 300 + b';')
    objects, _, status, kib = scan(path)
    assert objects == [] and status in (3, 4) and kib < KIB_MAX, (status, kib)


def test_cut_off():
    picture = png(200, 200, 8, 0, zlib.compress(b''.join(b'\0' + bytes(x * (y + x) % 251 for x in range(200)) for y in range(200))))
    assert scan(put('whole.jpg', GOOD), put('whole.png', picture))[1:3] == ([], 4)
    paths = [put('cut-%d.jpg' % n, GOOD[:len(GOOD) * n // 10]) for n in range(1, 10)]
    paths += [put('cut-%d.png' % n, picture[:len(picture) * n // 10]) for n in range(1, 10)]
    paths += [put('end.jpg', GOOD[:-2]), put('empty.png', b''), put('one.jpg', b'\xff'), put('soi.jpg', b'\xff\xd8\xff'), put('text.png', 'hello\n')]
    objects, lines, status, _ = scan(*paths)
    assert objects == [] and status == 3 and len(lines) == len(paths), (objects, lines)


def test_no_files():
    os.mkfifo(folder / 'pipe')
    os.symlink('loop-b', folder / 'loop-a')
    os.symlink('loop-a', folder / 'loop-b')
    (folder / 'folder.png').mkdir()
    paths = [os.fsencode(folder / name) for name in ('pipe', 'loop-a', 'folder.png', 'missing.png')]
    paths += [b'/dev/zero', b'/dev/null', b'/dev/tty', b'', put(b'new\nline.png', 'x'), put(b'bad\xff\xfe.png', 'x'), b'/' + b'n' * 5000]
    if os.geteuid() != 0:
        paths.append(put('secret.jpg', GOOD))
        os.chmod(paths[-1], 0)
    good = put(b'good \xe9\n\xff.jpg', GOOD)
    objects, lines, status, _ = scan(*paths, good)
    assert status == 3 and len(lines) == len(paths), lines
    assert len(objects) == 1 and objects[0]['file'] == good.decode('latin-1'), objects


def test_status():
    good, broken = put('good.jpg', GOOD), put('broken.png', png(64, 64, 8, 0, zlib.compress(b'\0' + b'\xff' * 64)))
    blank = put('blank.png', png(64, 64, 8, 0, zlib.compress((b'\0' + b'\xff' * 64) * 64)))
    assert scan(good)[2] == 0
    assert scan(good, blank)[2] == 4
    assert scan(blank, good)[2] == 4
    assert scan(blank, broken, good)[2] == 3
    assert scan(broken, blank)[2] == 3
    assert scan()[2] == 2


def test_kinds():
    """Depths, palettes, transparency, CMYK and rotation, as far as ImageMagick is there to make them."""
    convert = shutil.which('convert')
    if convert is None:
        return 'ImageMagick is not installed'
    good = os.fsdecode(put('good.jpg', GOOD))
    kinds = {'deep.png': ['-depth', '16'], 'deep-alpha.png': ['-depth', '16', '-define', 'png:color-type=6'], 'palette.png': ['-colors', '16', '-define', 'png:color-type=3'],
             'clear.png': ['-threshold', '50%', '-transparent', 'white'], 'cmyk.jpg': ['-colorspace', 'CMYK'], 'progressive.jpg': ['-interlace', 'Plane'],
             'turned.jpg': ['-rotate', '90', '-orient', 'LeftBottom'], 'mirrored.jpg': ['-flop', '-orient', 'TopRight'], 'a.gif': [], 'a.bmp': [], 'a.tif': [], 'a.ppm': []}
    paths = []
    for name, arguments in kinds.items():
        paths.append(str(folder / name))
        subprocess.run([convert, good] + arguments + [paths[-1]], check=True)
    objects, lines, status, _ = scan(*paths)
    assert lines == [] and status == 0, (lines, status)
    assert [answer['file'] for answer in objects] == paths and {answer['gtin'] for answer in objects} == {GOOD_GTIN}


def test_memory():
    good, blank = put('good.jpg', GOOD), put('blank.png', png(640, 480, 8, 0, zlib.compress((b'\0' + b'\xff' * 640) * 480)))
    bad = put('text.png', 'hello\n')
    few, many = scan(*[good, blank, bad] * 30), scan(*[good, blank, bad] * 300)
    assert len(few[0]) == 30 and len(many[0]) == 300 and len(many[1]) == 300
    assert many[3] - few[3] < 2048, (few[3], many[3])


def test_layout_file():
    """Options' files have bounds too."""
    for path, status in ((b'/dev/zero', 2), (os.fsencode(folder), 2), (put('long', '#' * 70000), 2), (put('mark', b'\xef\xbb\xbfweight 28....V{NNDDD}\n'), 0)):
        done = subprocess.run([coster, 'scan', '--rcn', path, '--text', '96385074'], capture_output=True, timeout=20)
        assert done.returncode == status and (done.stdout == b'') == (status == 2), (path, done)


tests = [(name[5:], test) for name, test in list(globals().items()) if name.startswith('test_')]
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
print('1..%d' % len(tests))
failed = False
for number, (name, test) in enumerate(tests, 1):
    try:
        skipped = test()
        print('ok %d - %s%s' % (number, name, ' # SKIP ' + skipped if skipped else ''), flush=True)
    except AssertionError as error:
        failed = True
        print('# %s' % (str(error)[:2000].replace('\n', '\n# ')))
        print('not ok %d - %s' % (number, name), flush=True)
shutil.rmtree(folder, ignore_errors=True)
sys.exit(1 if failed else 0)
