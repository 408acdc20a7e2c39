/** A row without content, as tall as the rows of a long table that are not drawn. */
export function VirtualGap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr>
      <td colSpan={columns} style={{ height }} className="p-0" />
    </tr>
  );
}
