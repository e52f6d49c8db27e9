"""Windows of the X server by their title: `x11.py count TITLE`, `x11.py close TITLE`.

Closing asks as a window manager does (WM_DELETE_WINDOW, ICCCM 4.2.8.1), and there is none under Xvfb.
"""

import ctypes
import sys

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XInternAtom.restype = ctypes.c_ulong
x11.XDefaultRootWindow.restype = ctypes.c_ulong


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of Xlib.h, as long as the union XEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    ]


class Attributes(ctypes.Structure):
    """XWindowAttributes of Xlib.h up to what is asked here."""

    _fields_ = [
        ("place", ctypes.c_int * 6),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        ("class", ctypes.c_int),
        ("bit_gravity", ctypes.c_int),
        ("win_gravity", ctypes.c_int),
        ("backing_store", ctypes.c_int),
        ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int),
        ("rest", ctypes.c_long * 8),
    ]


def windows(display, title):
    """The mapped windows with this title, below the root as they are without a window manager."""
    root, parent = ctypes.c_ulong(), ctypes.c_ulong()
    children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    tree = (ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children), ctypes.byref(count))
    x11.XQueryTree(display, ctypes.c_ulong(x11.XDefaultRootWindow(display)), *tree)
    for window in children[: count.value]:
        name, attributes = ctypes.c_char_p(), Attributes()
        x11.XFetchName(display, ctypes.c_ulong(window), ctypes.byref(name))
        x11.XGetWindowAttributes(display, ctypes.c_ulong(window), ctypes.byref(attributes))
        if name.value == title.encode() and attributes.map_state != 0:
            yield window


def close(display, window):
    protocols = x11.XInternAtom(display, b"WM_PROTOCOLS", False)
    delete = x11.XInternAtom(display, b"WM_DELETE_WINDOW", False)
    client_message = 33
    event = ClientMessage(client_message, 0, 1, display, window, protocols, 32)
    event.data[0] = delete
    x11.XSendEvent(display, ctypes.c_ulong(window), False, ctypes.c_long(0), ctypes.byref(event))
    x11.XFlush(display)


what, title = sys.argv[1:]
display = ctypes.c_void_p(x11.XOpenDisplay(None))
if not display:
    sys.exit("the X server cannot be reached")
# A window may go while it is asked about; Xlib's own answer to that is to end the process.
ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
x11.XSetErrorHandler(ignore)
found = list(windows(display, title))
if what == "close":
    for window in found:
        close(display, window)
    x11.XSync(display, False)
print(len(found))
