#!/bin/sh
# Makes the virtual environment with everything pinned: sh tools/setup.sh VENV. Uses uv where there is one, else pip.
set -eu
venv=$1

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if ! new_enough "$venv/bin/python"; then
    found=
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if new_enough "$python"; then
            found=$python
            break
        fi
    done
    if [ -z "$found" ]; then
        echo "需要 Python 3.11 或更高版本：请先安装，或用 make PYTHON=/路径/python3.11 指定。" >&2
        echo "Python 3.11 or later is needed: install it, or name it with make PYTHON=/path/to/python3.11." >&2
        exit 1
    fi
    if ! "$found" -m venv --clear "$venv"; then
        echo "无法建立虚拟环境：Debian/Ubuntu 上请安装 python3-venv。" >&2
        echo "The virtual environment could not be made: on Debian and Ubuntu install python3-venv." >&2
        exit 1
    fi
fi

python=$venv/bin/python
uv=
if command -v uv >/dev/null 2>&1; then
    uv=uv
elif [ -x "$venv/bin/uv" ]; then
    uv=$venv/bin/uv
fi

install() {
    # uv does not read pip's settings (a mirror, say), so where it fails pip has its turn.
    if [ -n "$uv" ] && "$uv" pip install -q --python "$python" "$@"; then
        return
    fi
    "$python" -m pip install -q --disable-pip-version-check "$@"
}

install -r requirements-dev.txt
# The build tool is among the pins, so nothing is fetched behind their back.
install --no-build-isolation --no-deps -e .
