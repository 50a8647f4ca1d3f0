import xml.etree.ElementTree as ElementTree

import pytest
from wechatpy.crypto import WeChatCrypto

from connectors.wechat_standin import crypto
from connectors.wechat_standin.model import StandInAccount

ACCOUNT = StandInAccount()

# The sample that comes with the documentation of 消息加解密 (Sample.py and its sisters).
SAMPLE_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SAMPLE_TEXT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbU"
    "Ah0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6N"
    "PhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C"
    "0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_published_example() -> None:
    assert (
        crypto.signature("spamtest", "1409735669", "1320562132", SAMPLE_TEXT)
        == "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
    )
    xml, app_id = crypto.decrypt(SAMPLE_KEY, SAMPLE_TEXT)
    assert app_id == "wx2c2769f8efd9abc2"
    assert ElementTree.fromstring(xml).findtext("Content") == "abcdteT"


@pytest.mark.parametrize("xml", ["<xml/>", "<xml>身份证丢了怎么补</xml>", "<xml>" + "长" * 700 + "</xml>"])
def test_there_and_back(xml: str) -> None:
    encrypted = crypto.encrypt(ACCOUNT.aes_key, ACCOUNT.app_id, xml)
    assert crypto.decrypt(ACCOUNT.aes_key, encrypted) == (xml, ACCOUNT.app_id)
    assert crypto.encrypt(ACCOUNT.aes_key, ACCOUNT.app_id, xml) != encrypted


def test_another_implementation_understands_it() -> None:
    other = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.app_id)
    encrypted = crypto.encrypt(ACCOUNT.aes_key, ACCOUNT.app_id, "<xml>您好</xml>")
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    assert (
        other.decrypt_message(body, crypto.signature(ACCOUNT.token, "1", "2", encrypted), "1", "2") == "<xml>您好</xml>"
    )
    theirs = ElementTree.fromstring(other.encrypt_message("<xml>再见</xml>", "nonce", "123"))
    text = theirs.findtext("Encrypt") or ""
    assert crypto.decrypt(ACCOUNT.aes_key, text) == ("<xml>再见</xml>", ACCOUNT.app_id)
    assert theirs.findtext("MsgSignature") == crypto.signature(ACCOUNT.token, "123", "nonce", text)


@pytest.mark.parametrize("damaged", ["", "no base64 !", "AAAA", SAMPLE_TEXT[:-8] + "AAAAAAA=", SAMPLE_TEXT[:44]])
def test_damaged_texts(damaged: str) -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(SAMPLE_KEY, damaged)


def test_another_key() -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(ACCOUNT.aes_key, SAMPLE_TEXT)
