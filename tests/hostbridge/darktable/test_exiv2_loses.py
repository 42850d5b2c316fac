"""Why sidecars are edited as XML and not with pyexiv2. Where one of these fails one day, exiv2 may serve after all."""

import pytest

from hostbridge.darktable import packet
from hostbridge.darktable.sidecar import Sidecar

pyexiv2 = pytest.importorskip("pyexiv2")


@pytest.fixture(autouse=True)
def _complaints():
    """As pyexiv2 comes: it raises what Exiv2 complains of. (Elsewhere Exiv2 is silenced for the whole process.)"""
    pyexiv2.set_log_level(2)
    yield
    pyexiv2.set_log_level(4)


PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" darktable:history_end="2">
<dc:subject><rdf:Seq><rdf:li>first</rdf:li><rdf:li>second</rdf:li></rdf:Seq></dc:subject>
<xmp:Label>red</xmp:Label>
<darktable:history><rdf:Seq>
<rdf:li darktable:num="0" darktable:operation="exposure" darktable:modversion="6" darktable:params="00"/>
<rdf:li darktable:num="1" darktable:operation="sharpen" darktable:modversion="1" darktable:params="00"/>
</rdf:Seq></darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>"""


def changed(text, change):
    image = pyexiv2.ImageData(text.encode())
    try:
        image.modify_xmp(change)
        return image.get_bytes().decode()
    finally:
        image.close()


def test_exiv2_cannot_take_a_step_out_of_the_history():
    fields = ("num", "operation", "modversion", "params")
    without = changed(PACKET, {f"Xmp.darktable.history[1]/darktable:{name}": None for name in fields})
    # an empty step stays behind, for which darktable would drop the whole history
    first = packet.items(packet.parse(without, "exiv2's"), "history")[0]
    assert packet.fields(first) == {}


def test_exiv2_forgets_that_keywords_have_an_order():
    assert "<rdf:Bag>" in changed(PACKET, {"Xmp.darktable.history_end": "1"})
    assert "<rdf:Bag>" not in Sidecar.parse(PACKET).to_bytes().decode()


def test_exiv2_reads_nothing_of_a_packet_that_repeats_itself():
    twice = PACKET.replace("<xmp:Label>", "<xmp:Label>red</xmp:Label><xmp:Label>")
    with pytest.raises(RuntimeError, match="Duplicate property"):
        changed(twice, {"Xmp.darktable.history_end": "1"})
    assert len(Sidecar.parse(twice).history) == 2
