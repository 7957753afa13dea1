/** The colours of `ls`, from dircolors(1)'s built-in table. */
import type { Stat } from "../../kernel/process/sys.ts";

const ARCHIVES =
  /\.(tar|tgz|arc|arj|taz|lha|lz4|lzh|lzma|tlz|txz|tzo|t7z|zip|z|dz|gz|lrz|lz|lzo|xz|zst|tzst|bz2|bz|tbz|tbz2|tz|deb|rpm|jar|war|ear|sar|rar|alz|ace|zoo|cpio|7z|rz|cab|wim|swm|dwm|esd)$/;
const IMAGES =
  /\.(avif|jpg|jpeg|mjpg|mjpeg|gif|bmp|pbm|pgm|ppm|tga|xbm|xpm|tif|tiff|png|svg|svgz|mng|pcx|mov|mpg|mpeg|m2v|mkv|webm|webp|ogm|mp4|m4v|mp4v|vob|qt|nuv|wmv|asf|rm|rmvb|flc|avi|fli|flv|gl|dl|xcf|xwd|yuv|cgm|emf|ogv|ogx)$/;
const AUDIO = /\.(aac|au|flac|m4a|mid|midi|mka|mp3|mpc|ogg|ra|wav|oga|opus|spx|xspf)$/;
const BACKUPS =
  /(~|#|\.(bak|crdownload|dpkg-dist|dpkg-new|dpkg-old|dpkg-tmp|old|orig|part|rej|rpmnew|rpmorig|rpmsave|swp|tmp|ucf-dist|ucf-new|ucf-old))$/;

/** Without $LS_COLORS the real one colours only on terminals that it knows to have colours. */
export function coloursKnown(env: ReadonlyMap<string, string>): boolean {
  if (env.has("LS_COLORS") || env.has("COLORTERM")) return true;
  return /^(ansi|con|cygwin|dtterm|eterm|gnome|hurd|jfbterm|konsole|kterm|linux|mlterm|putty|rxvt|screen|st|terminator|tmux|vt100|vt220|xterm)|color/i.test(
    env.get("TERM") ?? "",
  );
}

/**
 * The SGR parameters; an empty text: no colour. `dangling`: a link to nothing. `byExtension`: as
 * dircolors(1) sets $LS_COLORS; without it the real one colours by kind only.
 */
export function colourOf(
  name: string,
  stat: Stat,
  dangling: boolean,
  byExtension: boolean,
): string {
  switch (stat.kind) {
    case "directory":
      if (stat.mode & 0o1000 && stat.mode & 0o002) return "30;42";
      if (stat.mode & 0o002) return "34;42";
      return stat.mode & 0o1000 ? "37;44" : "01;34";
    case "symlink":
      return dangling ? "40;31;01" : "01;36";
    case "fifo":
      return "40;33";
    case "socket":
      return "01;35";
    case "char":
      return "40;33;01";
    case "file":
      if (stat.mode & 0o4000) return "37;41";
      if (stat.mode & 0o2000) return "30;43";
      if (stat.mode & 0o111) return "01;32";
      if (!byExtension) return "";
      if (ARCHIVES.test(name)) return "01;31";
      if (IMAGES.test(name)) return "01;35";
      if (AUDIO.test(name)) return "00;36";
      return BACKUPS.test(name) ? "00;90" : "";
  }
}
