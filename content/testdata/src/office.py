"""Saves the flat OpenDocument files of a folder in the formats that LibreOffice writes, with and without a password."""
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue

src, out, tmp = sys.argv[1:4]
PIPE = "pipe,name=maillint%d;urp;" % os.getpid()
FORMATS = {  # by what is saved at once
    ("book.fods", "people.fods", "things.fods"): ["xlsx", "xls", "ods"],
    ("book.fods",): ["pdf"],
    ("accounts.fodt",): ["pdf"],
    ("letter.fodt", "people.fodt", "things.fodt"): ["docx", "doc", "odt", "rtf", "pdf"],
    ("talk.fodp", "people.fodp", "things.fodp"): ["pptx", "ppt", "odp"],
}
LOCKED = {"xls": "MS Excel 97", "ods": "calc8"}  # Writer does not start without a screen


def prop(name, value):
    p = PropertyValue()
    p.Name, p.Value = name, value
    return p


def connect():
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(120):
        try:
            return resolver.resolve("uno:" + PIPE + "StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice did not start")


soffice = ["soffice", "-env:UserInstallation=file://" + tmp + "/profile", "--headless", "--norestore"]
for names, formats in FORMATS.items():
    for ext in formats:
        subprocess.run(soffice + ["--convert-to", ext, "--outdir", out] + [src + "/" + n for n in names], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
office = subprocess.Popen(soffice + ["--accept=" + PIPE])
try:
    ctx = connect()
    desktop = ctx.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", ctx)
    doc = desktop.loadComponentFromURL("file://" + src + "/book.fods", "_blank", 0, (prop("Hidden", True),))
    for ext, filter_name in LOCKED.items():
        doc.storeToURL("file://%s/book-locked.%s" % (out, ext), (prop("FilterName", filter_name), prop("Password", "secret")))
    doc.close(True)
    try:
        desktop.terminate()
    except Exception:
        pass
    office.wait(timeout=30)
finally:
    if office.poll() is None:
        office.terminate()
