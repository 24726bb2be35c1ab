"""The doctor's main work in a real browser: open, listen, correct, sign."""

import asyncio
import io
import shutil
import socket
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.async_api import Page, async_playwright, expect

from tests.console.clinic import DOCTOR, Clinic

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 375, "height": 740}
SECONDS = 200.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs chromium (apt-get install chromium)"),
]


@dataclass
class Browser:
    """A page of a real browser, the address of the clinic, and what the browser complained about."""

    page: Page
    address: str
    complaints: list[str]

    async def sign_in(self) -> None:
        await self.page.goto(f"{self.address}/console")
        await self.page.get_by_label("访问令牌").fill(DOCTOR)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("heading", name="工作列表")).to_be_visible()

    async def played_to(self, seconds: float) -> None:
        """Wait until the recording has been played so far. (The pages' policy forbids scripts from text.)"""
        async with asyncio.timeout(10):
            while await self.page.evaluate("document.getElementById('recording').currentTime") <= seconds:
                await asyncio.sleep(0.05)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)


def tone(seconds: float) -> bytes:
    """A two-channel recording with a sound in it."""
    times = np.arange(int(8000 * seconds)) / 8000
    samples = (np.sin(2 * np.pi * 300 * times) * 3000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(np.stack([samples, samples], axis=1).tobytes())
    return file.getvalue()


@asynccontextmanager
async def served(desk: Clinic) -> AsyncIterator[str]:
    """The clinic's pages on a free port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", lifespan="off", ws="none"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def browser(desk: Clinic, size: dict[str, int]) -> AsyncIterator[Browser]:
    """Chromium with a window of that size."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"]
    async with served(desk) as address, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            page = await chromium.new_page(viewport={"width": size["width"], "height": size["height"]})
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
            yield Browser(page, address, complaints)
        finally:
            await chromium.close()


async def test_open_listen_correct_and_sign(desk: Clinic, visit: str) -> None:
    await desk.record(visit, tone(SECONDS), SECONDS)
    async with browser(desk, DESKTOP) as b:
        await b.sign_in()
        page = b.page
        await expect(page.locator(".section-unsigned .name")).to_have_text("王秀英")
        await page.locator(".section-unsigned .row-open").click()

        await page.get_by_role("button", name="播放录音").click()
        await b.played_to(0.4)
        await expect(page.locator("#line-0")).to_have_attribute("aria-current", "true")
        await page.locator("[data-speed]").click()
        assert await page.evaluate("document.getElementById('recording').playbackRate") == 1.25

        quote = page.locator("#field-blood_pressure .quote")
        await quote.click()
        line = page.locator(f"#{await quote.get_attribute('data-goto')}")
        await expect(line).to_have_attribute("aria-current", "true")
        await expect(line).to_be_in_viewport()
        started = float(await line.get_attribute("data-start") or "nan")
        await b.played_to(started + 0.3)
        await page.locator(".line").nth(2).locator("button").click()
        await expect(page.locator("#line-2")).to_have_attribute("aria-current", "true")

        await page.get_by_label("修改血压").click()
        await page.get_by_label("收缩压").fill("999")
        await page.locator("#field-blood_pressure").get_by_role("button", name="保存").click()
        await expect(page.get_by_role("alert")).to_have_text("收缩压应在 60 到 280 之间")
        await page.get_by_label("收缩压").fill("156")
        await page.get_by_label("舒张压").fill("95")
        await page.locator("#field-blood_pressure").get_by_role("button", name="保存").click()
        await expect(page.locator("#field-blood_pressure .value")).to_have_text("156/95 mmHg")
        await expect(page.locator("#field-blood_pressure")).to_be_focused()
        await expect(page.locator(".conclusion .chip").first).to_have_text("控制不满意")
        assert not await page.evaluate("document.getElementById('recording').paused"), "it plays on meanwhile"

        await page.get_by_role("button", name="签名归档").click()
        await expect(page.locator(".section-signed .name")).to_have_text("王秀英")
        await expect(page.locator(".section-signed")).to_contain_text("张敏 已签名")
        assert [c for c in b.complaints if "422" not in c] == []


async def test_three_keys_review_and_sign_an_ordinary_visit(desk: Clinic, visit: str) -> None:
    async with browser(desk, DESKTOP) as b:
        await b.sign_in()
        await b.press("Enter")
        await expect(b.page.get_by_role("heading", name="王秀英")).to_be_visible()
        await b.press("s")
        await expect(b.page.locator(".section-signed .name")).to_have_text("王秀英")


async def test_the_keyboard_does_everything(desk: Clinic) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.follow_up("resident-2", blood_pressure="高压一百九十，低压一百一十五")
    async with browser(desk, DESKTOP) as b:
        page = b.page
        await b.sign_in()
        await expect(page.locator(".section-alerts .row-open")).to_be_focused()
        await b.press("j")
        await expect(page.locator(".section-unsigned .row-open").first).to_be_focused()
        await b.press("k", "Enter")
        await expect(page.get_by_role("heading", name="李建国")).to_be_visible()

        await b.press("s")
        confirm = page.get_by_role("button", name="确认警报并签名")
        await expect(confirm).to_be_focused()
        await b.press("Escape")
        await expect(confirm).to_be_hidden()
        await b.press("a")
        await expect(page.locator(".alert")).to_contain_text("确认")
        await expect(page.locator(".alert form")).to_have_count(0)

        await b.press("j", "j", "j", "j")
        await expect(page.locator("#field-blood_pressure")).to_be_focused()
        await b.press("e")
        await expect(page.get_by_label("收缩压")).to_be_focused()
        await b.press("Escape")
        await expect(page.get_by_label("收缩压")).to_be_hidden()
        await b.press("s")
        await expect(page.locator(".section-signed .name")).to_have_text("李建国")
        assert b.complaints == []


async def test_a_new_alert_appears_by_itself(desk: Clinic) -> None:
    async with browser(desk, DESKTOP) as b:
        await b.sign_in()
        await expect(b.page.locator(".section-alerts")).to_contain_text("没有待确认的警报")
        await desk.follow_up("resident-5", symptoms="胸口疼得厉害，一直出冷汗，喘不上气", deliver=False)
        await b.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(b.page.locator(".section-alerts .name")).to_have_text("张德福")
        await b.press("a")
        await expect(b.page.locator(".section-alerts")).to_contain_text("没有待确认的警报")
        assert b.complaints == []


async def test_on_a_telephone_nothing_is_cut_off_or_too_small_to_touch(desk: Clinic, visit: str) -> None:
    await desk.record(visit, tone(5), 5)
    await desk.follow_up("resident-2", blood_pressure="高压一百九十，低压一百一十五")
    async with browser(desk, PHONE) as b:
        await b.sign_in()
        for path in ("/console", f"/console/visits/{visit}"):
            await b.page.goto(f"{b.address}{path}")
            width = await b.page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], path
            small = await b.page.evaluate(
                """[...document.querySelectorAll('main a, main button, main summary')]
                   .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 32)
                   .map((one) => one.outerHTML)"""
            )
            assert small == [], path
        await b.page.get_by_label("修改血压").click()
        assert await b.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await expect(b.page.get_by_role("button", name="播放录音")).to_be_in_viewport()
        assert b.complaints == []
