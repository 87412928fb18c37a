// Elements with attributes and children in one expression. Text is always text, never HTML.

const SVG = "http://www.w3.org/2000/svg";

export function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function icon(name) {
  return fill(svg("svg"), { class: "icon", "aria-hidden": "true" }, [fill(svg("use"), { href: `#i-${name}` }, [])]);
}

export function swatch(color) {
  const square = fill(svg("path"), { d: "M0 0h12v12H0z" }, []);
  return fill(svg("svg"), { class: "swatch", viewBox: "0 0 12 12", color, "aria-hidden": "true" }, [square]);
}

const svg = (name) => document.createElementNS(SVG, name);

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
