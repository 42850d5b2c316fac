"""A picture without one of the modules asked for must not pass for the edit."""

import pytest

from hostbridge import HostFailed
from hostbridge.darktable.render import applied
from hostbridge.darktable.sidecar import Sidecar

ENTRY = (
    '<rdf:li darktable:num="{num}" darktable:operation="{operation}" darktable:enabled="{enabled}" '
    'darktable:modversion="{version}" darktable:params="00" darktable:multi_name="{instance}" '
    'darktable:multi_priority="{priority}"/>'
)
MODULES_4 = "[dt_imageio_export_with_flags] \n colorin exposure colorout gamma (4)\n1.2 [dt_imageio_export] imgid 1"
MODULES_5 = (
    " 7.65 [dt_imageio_export_with_flags]  modules: colorin exposure colorout gamma\n 7.66 [dt_imageio_export] x"
)


def packet(*entries, end=None):
    steps = "".join(ENTRY.format(num=num, **entry) for num, entry in enumerate(entries))
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" '
        f'darktable:history_end="{len(entries) if end is None else end}"><darktable:history><rdf:Seq>{steps}'
        "</rdf:Seq></darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def entry(operation, version=6, instance="", enabled=1, priority=0):
    return {
        "operation": operation,
        "version": version,
        "instance": instance,
        "enabled": enabled,
        "priority": priority,
    }


def check(*entries, log="", made=None, **options):
    sent = packet(*entries, **options)
    applied.check(Sidecar.parse(sent), made or sent, log, "4.2.1")


@pytest.mark.parametrize("log", [MODULES_4, MODULES_5], ids=["4.2", "5.4"])
def test_ours_is_looked_for_among_the_modules_that_took_part(log):
    check(entry("exposure", instance="retouchiq"), log=log)
    with pytest.raises(HostFailed, match="vignette"):
        check(entry("vignette", instance="retouchiq"), log=log)
    with pytest.raises(HostFailed, match="exposure"):
        check(
            entry("exposure"),
            entry("exposure", instance="retouchiq", priority=1),
            entry("exposure", instance="retouchiq", priority=2),
            log=log,
        )


def test_raw_modules_in_the_history_of_a_jpeg_are_no_failure():
    check(entry("demosaic"), log=MODULES_4)


def test_a_module_that_is_not_installed_is_named():
    with pytest.raises(HostFailed, match="agx"):
        check(entry("agx"), log="[dev_read_history] the module `agx' requested by image `x.jpg' is not installed!")


def test_settings_of_an_unknown_version_are_named():
    log = "[dev_read_history] module `lens' version mismatch: history is 10, darktable is 6."
    with pytest.raises(HostFailed, match=r"lens.*10"):
        check(entry("lens", version=10), log=log)


def test_settings_newer_than_the_module_are_found_though_darktable_says_nothing():
    with pytest.raises(HostFailed, match=r"crop.*version 3"):
        check(entry("crop", version=3), made=packet(entry("crop", version=1)))


@pytest.mark.parametrize("step", [{"enabled": 0}, {"end": 0}])
def test_what_is_off_or_undone_is_not_missed(step):
    log = "[dev_read_history] the module `agx' requested by image `x.jpg' is not installed!"
    check(entry("agx", enabled=step.get("enabled", 1)), log=log, end=step.get("end"))
