/**
 * A row without content, as tall as the rows of a long table that are not drawn. Its one cell spans nothing: spanning
 * more columns than are shown would make some, which take their width from the others.
 */
export function VirtualGap({ height }: { height: number }) {
  return (
    <tr>
      <td style={{ height }} className="p-0" />
    </tr>
  );
}
