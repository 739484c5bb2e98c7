//! Why a file could not be used, with a stable code and what the person should do.

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Larger than the byte limit.
    #[error("the file has {bytes} bytes, at most {bytes_max} are accepted")]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// The header promises more pixels than the limit; nothing was decoded.
    #[error("the picture has {width_px} × {height_px} pixels, at most {pixels_max} in all are accepted")]
    TooManyPixels {
        /// Width in the header.
        width_px: u32,
        /// Height in the header.
        height_px: u32,
        /// The limit.
        pixels_max: u64,
    },
    /// One side is longer than any camera's.
    #[error("the picture has {width_px} × {height_px} pixels, at most {side_max} a side are accepted")]
    SideTooLong {
        /// Width in the header.
        width_px: u32,
        /// Height in the header.
        height_px: u32,
        /// The limit.
        side_max: u32,
    },
    /// One side is too short to show anything, or zero.
    #[error("the picture has {width_px} × {height_px} pixels, which is too small to show anything")]
    TooFewPixels {
        /// Width in the header.
        width_px: u32,
        /// Height in the header.
        height_px: u32,
    },
    /// A known format we do not read.
    #[error("{0} files are not supported")]
    Unsupported(Foreign),
    /// Content of no known format.
    #[error("the file is not a picture in a known format")]
    UnknownFormat,
    /// A legal but unusual variant of a supported format.
    #[error("this variant of {format} is not supported: {feature}")]
    UnsupportedVariant {
        /// `jpeg`, `png` or `webp`.
        format: &'static str,
        /// What is unusual.
        feature: &'static str,
    },
    /// More than one frame.
    #[error("animated pictures are not supported")]
    Animated,
    /// The file ends before the picture does.
    #[error("the file is cut off")]
    Truncated,
    /// The content contradicts itself or the format.
    #[error("the file is damaged")]
    Damaged,
    /// Something else follows the picture in the same file.
    #[error("the file carries other data after the picture")]
    TrailingData,
}

/// Known formats that are refused by name, so that the advice can be exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// HEIC or HEIF.
    Heic,
    /// AVIF.
    Avif,
    /// PDF.
    Pdf,
    /// GIF.
    Gif,
    /// TIFF, also most camera raw files.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// SVG, or other XML.
    Svg,
    /// HTML.
    Html,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// Windows icon.
    Ico,
    /// Photoshop.
    Psd,
    /// An archive or office document.
    Archive,
    /// A video.
    Video,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Pdf => "PDF",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Svg => "SVG",
            Self::Html => "HTML",
            Self::JpegXl => "JPEG XL",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Ico => "ICO",
            Self::Psd => "PSD",
            Self::Archive => "archive",
            Self::Video => "video",
        })
    }
}

/// What to do about it, in both languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Simplified Chinese.
    pub zh_cn: &'static str,
    /// English.
    pub en: &'static str,
}

impl DecodeError {
    /// Stable code for [`shiming_domain::evidence::FileFault`], interfaces and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::TooManyBytes { .. } => "too_many_bytes",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::SideTooLong { .. } => "side_too_long",
            Self::TooFewPixels { .. } => "too_few_pixels",
            Self::Unsupported(Foreign::Heic) => "heic_not_supported",
            Self::Unsupported(Foreign::Pdf) => "pdf_not_supported",
            Self::Unsupported(_) => "format_not_supported",
            Self::UnknownFormat => "unknown_format",
            Self::UnsupportedVariant { .. } => "variant_not_supported",
            Self::Animated => "animated",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::TrailingData => "trailing_data",
        }
    }

    /// What the person should do.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Empty | Self::Truncated => Advice {
                zh_cn: "文件不完整,请重新上传或重新拍摄。",
                en: "The file did not arrive whole. Upload it again or take a new photo.",
            },
            Self::TooManyBytes { .. } | Self::TooManyPixels { .. } | Self::SideTooLong { .. } => Advice {
                zh_cn: "图片过大,请用手机相机的普通照片模式重新拍摄。",
                en: "The picture is too large. Take it again in the phone's ordinary photo mode.",
            },
            Self::TooFewPixels { .. } => Advice {
                zh_cn: "图片过小,请上传原图或重新拍摄。",
                en: "The picture is too small. Send the original or take a new photo.",
            },
            Self::Unsupported(Foreign::Heic) => Advice {
                zh_cn: "不支持 HEIC。请在 iPhone「设置 → 相机 → 格式」中选择「兼容性最佳」后重新拍摄,或另存为 JPEG。",
                en: "HEIC is not supported. On an iPhone choose Settings → Camera → Formats → Most Compatible and take the photo again, or save it as JPEG.",
            },
            Self::Unsupported(Foreign::Pdf) => Advice {
                zh_cn: "不支持 PDF。请直接拍摄证件,上传照片。",
                en: "PDF is not supported. Photograph the document itself and send the photo.",
            },
            Self::Animated => Advice {
                zh_cn: "不支持动图。请上传一张静态照片。",
                en: "Animated pictures are not supported. Send one still photo.",
            },
            Self::Unsupported(_) | Self::UnknownFormat | Self::UnsupportedVariant { .. } => Advice {
                zh_cn: "请上传 JPEG、PNG 或 WebP 格式的照片。",
                en: "Send a photo as JPEG, PNG or WebP.",
            },
            Self::Damaged | Self::TrailingData => Advice {
                zh_cn: "文件已损坏或含有其他数据,请重新拍摄后上传。",
                en: "The file is damaged or carries other data. Take a new photo and send that.",
            },
        }
    }
}

impl From<&DecodeError> for shiming_domain::evidence::FileFault {
    fn from(error: &DecodeError) -> Self {
        Self { code: error.code().to_owned() }
    }
}
