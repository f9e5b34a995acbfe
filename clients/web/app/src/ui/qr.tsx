import { generate } from 'lean-qr/nano';

/** A QR code as one path: drawn as an image, with its words for who cannot see it. */
export function QrCode(props: { text: string; label: string }) {
  const code = generate(props.text);
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  return (
    <figure class="qr">
      <svg
        viewBox={`-2 -2 ${code.size + 4} ${code.size + 4}`}
        role="img"
        aria-label={props.label}
        shape-rendering="crispEdges"
      >
        <path d={path} fill="currentColor" />
      </svg>
    </figure>
  );
}
