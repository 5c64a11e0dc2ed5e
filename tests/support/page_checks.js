// What tests ask a page about itself, injected into each page that they open.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".sr, .skip, svg");
  const named = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);

  // Only what may be seen of a box counts: what hangs out of a part that clips or scrolls does not.
  function visible(box, element) {
    let { left, top, right, bottom } = box;
    for (let parent = element; parent && parent !== document.body; parent = parent.parentElement) {
      const style = getComputedStyle(parent);
      if (style.clipPath !== "none") return null;
      if (style.overflowX === "visible" || style.display === "inline") continue;
      const frame = parent.getBoundingClientRect();
      left = Math.max(left, frame.left); right = Math.min(right, frame.right);
      top = Math.max(top, frame.top); bottom = Math.min(bottom, frame.bottom);
    }
    return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
  }

  // What floats may cover what scrolls below it; each is compared with its like only.
  function layer(element) {
    for (let parent = element; parent; parent = parent.parentElement)
      if (["sticky", "fixed"].includes(getComputedStyle(parent).position)) return parent;
    return document.body;
  }

  function textBoxes() {
    const boxes = [], range = document.createRange(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const owner = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || owner.closest("option, script") || !isSeen(owner)) continue;
      range.selectNodeContents(walker.currentNode);
      for (const line of range.getClientRects()) {
        const inset = line.height / 4, box = visible({ left: line.left, right: line.right, top: line.top + inset, bottom: line.bottom - inset }, owner);
        if (box) boxes.push({ owner, layer: layer(owner), ...box });
      }
    }
    return boxes;
  }

  function controlBoxes() {
    return all("input:not([type=hidden]), select, textarea, .btn, .chip, progress, meter").filter(isSeen).flatMap((owner) => {
      const box = visible(owner.getBoundingClientRect(), owner);
      return box ? [{ owner, layer: layer(owner), ...box }] : [];
    });
  }

  function overlaps() {
    const boxes = [...textBoxes(), ...controlBoxes()].sort((one, other) => one.left - other.left), found = new Set();
    boxes.forEach((one, at) => {
      for (let next = at + 1; next < boxes.length && boxes[next].left < one.right - 2; next++) {
        const other = boxes[next];
        if (one.layer !== other.layer || Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) < 2) continue;
        if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
        found.add(`${named(one.owner)} lies over ${named(other.owner)}`);
      }
    });
    return [...found];
  }

  function cut() {
    const found = [];
    for (const element of all("body *")) {
      if (element.scrollWidth <= element.clientWidth + 1 || !isSeen(element)) continue;
      const style = getComputedStyle(element), clips = style.overflowX !== "visible";
      if (style.display === "inline" || ["auto", "scroll"].includes(style.overflowX) || !element.innerText?.trim()) continue;
      if (clips && (style.textOverflow === "ellipsis" || element.matches("input, select"))) continue;
      if (all("*", element).some((inner) => inner.scrollWidth > inner.clientWidth + 1 && getComputedStyle(inner).display !== "inline")) continue;
      found.push(`${clips ? "cut" : "too narrow"}: ${named(element)}`);
    }
    return found;
  }

  function cutPlaceholders() {
    const brush = document.createElement("canvas").getContext("2d");
    return all("input[placeholder]").filter(isSeen).filter((field) => {
      const style = getComputedStyle(field);
      brush.font = style.font;
      return style.textOverflow !== "ellipsis" && brush.measureText(field.placeholder).width > field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    }).map((field) => `cut: ${named(field)}`);
  }

  window.layoutFaults = () => {
    const root = document.scrollingElement, faults = [...cut(), ...cutPlaceholders(), ...overlaps()];
    if (root.scrollWidth > innerWidth) {
      const widest = all("body *").filter((element) => isSeen(element) && element.getBoundingClientRect().right > innerWidth + 1).at(-1);
      faults.unshift(`the page is ${root.scrollWidth} wide, at the end ${widest ? named(widest) : "of something"}`);
    }
    return faults;
  };

  // A group of radios is one stop of the Tab key.
  function stops() {
    const groups = new Set();
    return all(CONTROLS).filter((element) => {
      if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) return false;
      if (element.type !== "radio") return true;
      const group = `${element.form?.id}${element.form?.action} ${element.name}`;
      return !groups.has(group) && groups.add(group);
    });
  }

  function hasRing(element) {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  }

  // Opens all that opens, and keeps in mind where the focus comes; nothing reloads meanwhile.
  window.watchFocus = () => {
    window.fetch = () => new Promise(() => {});
    for (const menu of all("details")) menu.open = true;
    const missing = new Set(stops()), ringless = new Set(), radios = new Map([...missing].filter((one) => one.type === "radio").map((one) => [one.name, one]));
    document.addEventListener("focusin", ({ target }) => {
      missing.delete(target);
      if (target.type === "radio") missing.delete(radios.get(target.name));
      if (!hasRing(target)) ringless.add(target);
    });
    window.focusFaults = () => [...[...missing].map((one) => `not reached: ${named(one)}`), ...[...ringless].map((one) => `no ring: ${named(one)}`)];
    window.isAllReached = () => !missing.size;
    return missing.size;
  };
})();
